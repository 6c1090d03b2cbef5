package dev.coppice.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What both sides took in each round, in the row's unit.
record Measurement(List<Round> rounds) {
    /// @param ours what Coppice took
    /// @param theirs what the other side took
    record Round(double ours, double theirs) {
        double share() {
            return ours / theirs;
        }
    }

    Measurement {
        rounds = List.copyOf(rounds);
    }

    double ours() {
        return median(Round::ours);
    }

    double theirs() {
        return median(Round::theirs);
    }

    /// The median of the rounds' ratios: noise that lasts a round falls on both of its sides.
    double share() {
        return median(Round::share);
    }

    double lowestShare() {
        return sorted(Round::share)[0];
    }

    double highestShare() {
        return sorted(Round::share)[rounds.size() - 1];
    }

    private double median(ToDoubleFunction<Round> part) {
        double[] values = sorted(part);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private double[] sorted(ToDoubleFunction<Round> part) {
        double[] values = rounds.stream().mapToDouble(part).toArray();
        Arrays.sort(values);
        return values;
    }
}
