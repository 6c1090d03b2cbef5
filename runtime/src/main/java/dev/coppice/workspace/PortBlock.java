package dev.coppice.workspace;

/// A row of TCP ports that belong to one workspace of this machine: `first`, `first` + 1 … `count` in all.
public record PortBlock(int first, int count) {
    private static final int PORT_MAX = 65_535;

    public PortBlock {
        if (first < 1 || count < 1 || first + count - 1 > PORT_MAX) {
            throw new IllegalArgumentException("no block of ports: " + count + " from " + first);
        }
    }

    boolean meets(PortBlock other) {
        return first < other.first + other.count && other.first < first + count;
    }
}
