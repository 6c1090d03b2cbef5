package dev.coppice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `./coppice-bench [--quick] [row…]`: measures and prints the rows of these numbers. All rows
/// together become docs/benchmarks.md.
final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        List<String> wanted = new ArrayList<>(List.of(arguments));
        boolean isQuick = wanted.remove("--quick");
        List<Row> rows =
                Rows.all().stream()
                        .filter(row ->
                                wanted.isEmpty() || wanted.contains(Integer.toString(row.number())))
                        .toList();
        if (rows.isEmpty()) {
            System.err.println(
                    "coppice-bench: there is no such row; usage: coppice-bench [--quick] [row…]");
            System.exit(2);
        }
        Path home = Path.of(System.getProperty("coppice.home")).toRealPath();
        Path folder = Files.createTempDirectory("coppice-bench").toRealPath();
        try (Bench bench = new Bench(home, folder, isQuick)) {
            Machine machine = Machine.here(bench);
            Table table = new Table();
            System.out.println(machine.text());
            System.out.print(Table.head());
            for (Row row : rows) {
                Optional<String> lacking = row.lacking();
                System.out.print(
                        lacking.isPresent()
                                ? table.leaveOut(row, lacking.get())
                                : table.add(row, row.measure(bench)));
            }
            if (wanted.isEmpty()) {
                Path document = home.resolve("docs").resolve("benchmarks.md");
                Files.createDirectories(document.getParent());
                Files.writeString(document, table.document(machine, isQuick));
                System.out.println("written: " + document);
            }
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
