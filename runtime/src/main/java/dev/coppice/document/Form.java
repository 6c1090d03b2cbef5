package dev.coppice.document;

import dev.coppice.model.CommandLine;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a value must look like, and what it means.
///
/// @param expected the form in words, to follow "must be"
/// @param meaning what a value means; empty where it has another form
public record Form<T>(String expected, Function<Value, Optional<T>> meaning) {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h|d)?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(|[KMGT]i?)B?");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    /// Text; a number counts as the text that was written.
    public static final Form<String> TEXT = new Form<>("text", Form::text);

    public static final Form<Boolean> FLAG = new Form<>("true or false", Form::flag);

    /// Seconds, or a number with its unit.
    public static final Form<Duration> TIME_SPAN =
            new Form<>(
                    "a time: seconds, or a number with s, m, h or d (90s, 10m)",
                    value -> text(value).flatMap(Form::time));

    /// Bytes, or a number with its unit: `4GB` are 4·10⁹ bytes, `4GiB` 4·2³⁰.
    public static final Form<Long> BYTES =
            new Form<>(
                    "a size: bytes, or a number with KB, MB or GB (4GB)",
                    value -> text(value).flatMap(Form::size));

    public static final Form<BigDecimal> NUMBER =
            new Form<>("a number", value -> text(value).flatMap(Form::number));

    /// A whole number of 32 bits.
    public static final Form<Integer> WHOLE =
            new Form<>("a whole number", value -> text(value).flatMap(Form::whole));

    /// A line for the shell, or a list: program and arguments.
    public static final Form<CommandLine> COMMAND =
            new Form<>("a command line, or a list of program and arguments", Form::command);

    /// A whole number from `least` to `most`.
    public static Form<Integer> whole(int least, int most) {
        return WHOLE.where(
                "a whole number from " + least + " to " + most,
                number -> number >= least && number <= most);
    }

    /// A time from `least` to `most`.
    public static Form<Duration> time(Duration least, Duration most) {
        return TIME_SPAN.where(
                "a time from " + show(least) + " to " + show(most) + " (seconds, or 90s, 10m, 2h)",
                time -> time.compareTo(least) >= 0 && time.compareTo(most) <= 0);
    }

    /// One of the constants of `type`; its case does not count.
    public static <E extends Enum<E>> Form<E> oneOf(Class<E> type) {
        Map<String, E> words =
                Stream.of(type.getEnumConstants())
                        .collect(Collectors.toMap(Form::word, constant -> constant));
        String all =
                Stream.of(type.getEnumConstants())
                        .map(Form::word)
                        .collect(Collectors.joining(", "));
        return new Form<>(
                "one of " + all,
                value ->
                        text(value)
                                .map(text -> text.toLowerCase(Locale.ROOT))
                                .flatMap(text -> Optional.ofNullable(words.get(text))));
    }

    /// A list of values of this form.
    public Form<List<T>> list() {
        return new Form<>(
                "a list, each entry " + expected,
                value ->
                        value instanceof Value.Items items
                                ? all(items.values())
                                : Optional.empty());
    }

    /// This form, narrowed.
    public Form<T> where(String expectation, Predicate<T> holds) {
        return new Form<>(expectation, value -> read(value).filter(holds));
    }

    /// The same form, with another meaning.
    public <U> Form<U> to(Function<T, U> further) {
        return new Form<>(expected, value -> read(value).map(further));
    }

    /// The meaning of `value`; empty where it has another form.
    public Optional<T> read(Value value) {
        return meaning.apply(value);
    }

    /// The meaning of `text` that a person typed, for example behind a flag.
    public Optional<T> read(String text) {
        return read(new Value.Text("", text));
    }

    /// What to say about a value that has another form.
    public String complaint(String key, Value value) {
        return key + " must be " + expected + ", not " + value.shown();
    }

    /// A time as it is written: `90s`, `10m`, `2h`. [#TIME_SPAN] reads it back.
    public static String show(Duration time) {
        long millis = time.toMillis();
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        if (millis == 0 || millis % 60_000 != 0) {
            return millis / 1_000 + "s";
        }
        return millis % 3_600_000 == 0 ? millis / 3_600_000 + "h" : millis / 60_000 + "m";
    }

    /// A constant as it is written: in lower case.
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private Optional<List<T>> all(List<Value> values) {
        List<T> all = new ArrayList<>();
        for (Value value : values) {
            Optional<T> one = read(value);
            if (one.isEmpty()) {
                return Optional.empty();
            }
            all.add(one.get());
        }
        return Optional.of(all);
    }

    private static Optional<String> text(Value value) {
        return switch (value) {
            case Value.Text(String _, String text) -> Optional.of(text);
            case Value.Digits(String _, String digits) -> Optional.of(digits);
            case Value.Flag _, Value.Nothing _, Value.Items _, Value.Fields _ -> Optional.empty();
        };
    }

    private static Optional<Boolean> flag(Value value) {
        return switch (value) {
            case Value.Flag(String _, boolean isTrue) -> Optional.of(isTrue);
            case Value.Text(String _, String text) ->
                    Optional.of(text)
                            .filter(word -> word.equals("true") || word.equals("false"))
                            .map(Boolean::valueOf);
            case Value.Digits _, Value.Nothing _, Value.Items _, Value.Fields _ -> Optional.empty();
        };
    }

    private static Optional<CommandLine> command(Value value) {
        return switch (value) {
            case Value.Text(String _, String line) ->
                    Optional.of(line).filter(text -> !text.isBlank()).map(CommandLine::shell);
            case Value.Items items ->
                    TEXT.list()
                            .read(items)
                            .filter(argv -> !argv.isEmpty() && !argv.getFirst().isBlank())
                            .map(CommandLine::new);
            case Value.Digits _, Value.Flag _, Value.Nothing _, Value.Fields _ -> Optional.empty();
        };
    }

    private static Optional<BigDecimal> number(String text) {
        try {
            return Optional.of(new BigDecimal(text));
        } catch (NumberFormatException e) {
            return Optional.empty(); // which is the answer: it has another form
        }
    }

    private static Optional<Integer> whole(String text) {
        try {
            return Optional.of(Integer.valueOf(text));
        } catch (NumberFormatException e) {
            return Optional.empty(); // which is the answer: it has another form
        }
    }

    private static Optional<Duration> time(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            return Optional.empty();
        }
        long unit = MILLIS.getOrDefault(Optional.ofNullable(time.group(2)).orElse("s"), 1_000L);
        BigDecimal millis = new BigDecimal(time.group(1)).multiply(BigDecimal.valueOf(unit));
        return Optional.of(
                Duration.ofMillis(millis.setScale(0, RoundingMode.HALF_UP).longValueExact()));
    }

    private static Optional<Long> size(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return Optional.empty();
        }
        String unit = size.group(2);
        int power = unit.isEmpty() ? 0 : "KMGT".indexOf(unit.charAt(0)) + 1;
        BigDecimal step = BigDecimal.valueOf(unit.endsWith("i") ? 1024 : 1000);
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(step.pow(power));
        return Optional.of(bytes)
                .filter(all -> all.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0)
                .map(BigDecimal::longValueExact);
    }
}
