package dev.coppice.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// Finds circles in a plan: a walk in depth that keeps the way it came, without recursion (a chain
/// may have 100,000 tasks). Each circle is closed by another edge; without these edges there is
/// none.
final class Cycles {
    /// More of them say nothing new.
    private static final int NAMED_MAX = 10;

    /// Ids shown of one circle; from a longer one the middle is left out.
    private static final int IDS_MAX = 20;

    private enum Seen {
        NOT,
        ON_THE_WAY,
        DONE
    }

    private final int[][] edges;
    private final List<String> names;
    private final Seen[] seen;
    private final int[] next;
    private final Deque<Integer> way = new ArrayDeque<>();
    private final List<String> circles = new ArrayList<>();

    private Cycles(int[][] edges, List<String> names) {
        this.edges = edges;
        this.names = names;
        this.seen = new Seen[edges.length];
        Arrays.fill(seen, Seen.NOT);
        this.next = new int[edges.length];
    }

    /// The circles of a graph, as `a → b → a`, the first ten of them.
    ///
    /// @param edges for each node those it points to
    static List<String> in(int[][] edges, List<String> names) {
        Cycles cycles = new Cycles(edges, names);
        for (int start = 0; start < edges.length && !cycles.areEnough(); start++) {
            if (cycles.seen[start] == Seen.NOT) {
                cycles.walkFrom(start);
            }
        }
        return cycles.circles;
    }

    private boolean areEnough() {
        return circles.size() == NAMED_MAX;
    }

    private void walkFrom(int start) {
        enter(start);
        while (!way.isEmpty() && !areEnough()) {
            int here = way.getLast();
            if (next[here] == edges[here].length) {
                seen[here] = Seen.DONE;
                way.removeLast();
                continue;
            }
            int there = edges[here][next[here]++];
            switch (seen[there]) {
                case NOT -> enter(there);
                case ON_THE_WAY -> circles.add(circleFrom(there));
                case DONE -> {}
            }
        }
    }

    private void enter(int node) {
        seen[node] = Seen.ON_THE_WAY;
        way.addLast(node);
    }

    private String circleFrom(int node) {
        List<String> circle = way.stream().dropWhile(on -> on != node).map(names::get).toList();
        if (circle.size() <= IDS_MAX) {
            return String.join(" → ", circle) + " → " + names.get(node);
        }
        String head = String.join(" → ", circle.subList(0, IDS_MAX - 1));
        int left = circle.size() - IDS_MAX;
        return head + " → (" + left + " more) → " + circle.getLast() + " → " + names.get(node);
    }
}
