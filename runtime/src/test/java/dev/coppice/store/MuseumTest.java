package dev.coppice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Event;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The museum has a piece of every form in which an event was ever written: all must be read for
/// ever. `-Dgolden=write` writes the pieces of today's forms anew. Once a form has been in a release,
/// copy its piece under another name first: a piece without a namesake in [MuseumPieces] stays, and
/// need only be read.
final class MuseumTest {
    private static final Path MUSEUM = Path.of("src/test/resources/museum");
    private static final Path CONSTANTS = MUSEUM.resolve("constants.txt");

    @BeforeAll
    static void rewriteIfAsked() throws IOException {
        if ("write".equals(System.getProperty("golden"))) {
            Files.createDirectories(MUSEUM);
            for (Map.Entry<String, Event> piece : MuseumPieces.all().entrySet()) {
                Path file = MUSEUM.resolve(piece.getKey() + ".json");
                Files.writeString(file, EventJson.write(piece.getValue()) + "\n");
            }
            Files.write(CONSTANTS, constants());
        }
    }

    @Test
    void everyPieceIsStillRead() throws IOException {
        try (Stream<Path> files = Files.list(MUSEUM)) {
            List<Path> pieces = files.filter(file -> file.toString().endsWith(".json")).toList();

            assertThat(pieces)
                    .isNotEmpty()
                    .allSatisfy(piece ->
                            assertThat(EventJson.read(Files.readString(piece))).isNotNull());
        }
    }

    @Test
    void everyEventIsStillWrittenAndReadAsItsPiece() throws IOException {
        for (Map.Entry<String, Event> piece : MuseumPieces.all().entrySet()) {
            Path file = MUSEUM.resolve(piece.getKey() + ".json");

            assertThat(file).hasContent(EventJson.write(piece.getValue()));
            assertThat(EventJson.read(Files.readString(file))).isEqualTo(piece.getValue());
        }
    }

    /// Each event, each case of a sealed type within one, and each component that may be absent.
    @Test
    void thereIsAPieceOfEveryForm() {
        Set<String> forms = new TreeSet<>();
        formsOf(Event.class, forms);
        Set<String> exhibited = new TreeSet<>();
        MuseumPieces.all().values().forEach(event -> formsIn(event, exhibited));

        forms.removeAll(exhibited);
        assertThat(forms).as("forms without a piece").isEmpty();
    }

    /// A constant's name is stored: one that is renamed or removed could not be read any more.
    @Test
    void theConstantsAreThoseThatWereWritten() throws IOException {
        assertThat(constants()).isEqualTo(Files.readAllLines(CONSTANTS));
    }

    private static void formsOf(Type type, Set<String> forms) {
        if (type instanceof ParameterizedType parameterized) {
            Arrays.stream(parameterized.getActualTypeArguments()).forEach(of -> formsOf(of, forms));
        } else if (type instanceof Class<?> plain && plain.isSealed()) {
            Arrays.stream(plain.getPermittedSubclasses()).forEach(each -> formsOf(each, forms));
        } else if (type instanceof Class<?> plain
                && plain.isRecord()
                && forms.add(plain.getName())) {
            for (RecordComponent component : plain.getRecordComponents()) {
                if (component.getType() == Optional.class) {
                    forms.add(plain.getName() + "." + component.getName() + " absent");
                    forms.add(plain.getName() + "." + component.getName() + " present");
                }
                formsOf(component.getGenericType(), forms);
            }
        }
    }

    private static void formsIn(Object value, Set<String> forms) {
        switch (value) {
            case Optional<?> optional -> optional.ifPresent(present -> formsIn(present, forms));
            case Collection<?> values -> values.forEach(each -> formsIn(each, forms));
            case Map<?, ?> map ->
                    map.forEach((key, each) -> {
                        formsIn(key, forms);
                        formsIn(each, forms);
                    });
            case Record record -> {
                String name = record.getClass().getName();
                forms.add(name);
                for (RecordComponent component : record.getClass().getRecordComponents()) {
                    Object held = held(component, record);
                    if (held instanceof Optional<?> optional) {
                        String there = optional.isPresent() ? " present" : " absent";
                        forms.add(name + "." + component.getName() + there);
                    }
                    formsIn(held, forms);
                }
            }
            default -> {}
        }
    }

    private static Object held(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(component.toString(), e);
        }
    }

    /// One line for each enum that is stored: its name and its constants as they are written.
    private static List<String> constants() {
        Map<String, String> lines = new TreeMap<>();
        constantsOf(Event.class, lines, new HashSet<>());
        return lines.entrySet().stream()
                .map(line -> line.getKey() + ": " + line.getValue())
                .toList();
    }

    private static void constantsOf(Type type, Map<String, String> lines, Set<Type> seen) {
        if (!seen.add(type)) {
            return;
        }
        if (type instanceof ParameterizedType parameterized) {
            Arrays.stream(parameterized.getActualTypeArguments())
                    .forEach(of -> constantsOf(of, lines, seen));
        } else if (type instanceof Class<?> plain && plain.isSealed()) {
            Arrays.stream(plain.getPermittedSubclasses())
                    .forEach(each -> constantsOf(each, lines, seen));
        } else if (type instanceof Class<?> plain && plain.isRecord()) {
            Arrays.stream(plain.getRecordComponents())
                    .forEach(component -> constantsOf(component.getGenericType(), lines, seen));
        } else if (type instanceof Class<?> plain && plain.isEnum()) {
            lines.put(
                    plain.getName().substring(plain.getPackageName().length() + 1),
                    Arrays.stream(plain.getEnumConstants())
                            .map(constant -> JsonWriter.wire((Enum<?>) constant))
                            .collect(Collectors.joining(" ")));
        }
    }
}
