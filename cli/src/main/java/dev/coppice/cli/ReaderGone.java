package dev.coppice.cli;

/// Nobody reads what is printed any more: a look ends quietly.
final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReaderGone() {
        super("nobody reads standard output", null, false, false);
    }
}
