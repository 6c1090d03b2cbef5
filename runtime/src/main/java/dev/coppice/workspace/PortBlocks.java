package dev.coppice.workspace;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who has which ports on this machine, over all processes of the user: a workspace has at most one block,
/// keeps it over retries, and shares no port of it with another that stands.
///
/// The register is a text file with a line for each block: its first port, its size and the path of its
/// workspace, URL-encoded, separated by spaces. It is replaced as a whole, under a lock. A line whose
/// workspace is gone, or that can't be read, does not count.
final class PortBlocks {
    /// Below the range from which Linux gives ports to outgoing connections (32768).
    private static final int LOWEST = 20_000;

    private static final int HIGHEST = 32_700;

    private final Path register;
    private final MachineLock lock;

    PortBlocks(Path register) {
        this.register = register;
        this.lock = new MachineLock(register.resolveSibling(register.getFileName() + ".lock"));
    }

    private record Line(PortBlock block, Path workspace) {
        private static final Pattern FORM = Pattern.compile("([0-9]{1,5}) ([0-9]{1,5}) (\\S+)");

        static Optional<Line> parse(String text) {
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                return Optional.empty();
            }
            try {
                PortBlock block =
                        new PortBlock(
                                Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
                String path = URLDecoder.decode(form.group(3), StandardCharsets.UTF_8);
                return Optional.of(new Line(block, Path.of(path)));
            } catch (IllegalArgumentException _) {
                return Optional.empty(); // no ports, no URL-encoding or no path
            }
        }

        @Override
        public String toString() {
            return block.first()
                    + " "
                    + block.count()
                    + " "
                    + URLEncoder.encode(workspace.toString(), StandardCharsets.UTF_8);
        }
    }

    /// The block of `count` ports that belongs to the workspace at `path`: the one it has, as long as its
    /// ports are free, else a new one whose ports are free now.
    ///
    /// @throws WorkspaceException if there is no such block left
    PortBlock take(Path path, int count) throws InterruptedException {
        return lock.holding(() -> {
            List<Line> lines = standing();
            List<Line> others = new ArrayList<>(lines);
            others.removeIf(line -> line.workspace().equals(path));
            PortBlock block =
                    lines.stream()
                            .filter(line -> line.workspace().equals(path))
                            .map(Line::block)
                            .filter(had -> had.count() == count && isFree(had))
                            .findFirst()
                            .orElseGet(() -> find(path, count, others));
            others.add(new Line(block, path));
            write(others);
            return block;
        });
    }

    /// Gives up the block of the workspace at `path`, if it has one.
    void giveUp(Path path) throws InterruptedException {
        lock.holding(() -> {
            List<Line> lines = standing();
            if (lines.removeIf(line -> line.workspace().equals(path))) {
                write(lines);
            }
            return lines;
        });
    }

    private List<Line> standing() throws IOException {
        List<Line> lines = new ArrayList<>();
        if (Files.exists(register)) {
            String text = new String(Files.readAllBytes(register), StandardCharsets.UTF_8);
            text.lines()
                    .flatMap(line -> Line.parse(line).stream())
                    .filter(line -> Files.isDirectory(line.workspace()))
                    .forEach(lines::add);
        }
        return lines;
    }

    private void write(List<Line> lines) throws IOException {
        Path next = register.resolveSibling(register.getFileName() + ".next");
        Files.write(next, lines.stream().map(Line::toString).toList());
        Files.move(next, register, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Begins at a place of the workspace's own, so that it is likely to get the same ports again even if the
    /// register was lost.
    private static PortBlock find(Path path, int count, List<Line> others) {
        int blocks = (HIGHEST - LOWEST) / count;
        int start = Math.floorMod(path.hashCode(), Math.max(blocks, 1));
        for (int i = 0; i < blocks; i++) {
            PortBlock block = new PortBlock(LOWEST + (start + i) % blocks * count, count);
            if (others.stream().noneMatch(line -> line.block().meets(block)) && isFree(block)) {
                return block;
            }
        }
        throw new WorkspaceException(
                "no block of " + count + " free ports between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean isFree(PortBlock block) {
        for (int i = 0; i < block.count(); i++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(block.first() + i));
            } catch (IOException _) {
                return false; // somebody listens there: an answer, not an error
            }
        }
        return true;
    }
}
