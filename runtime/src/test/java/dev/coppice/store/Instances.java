package dev.coppice.store;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// Makes instances of any record of the model, by its components' types.
final class Instances {
    private static final int TRIES = 10_000;
    private static final List<String> TEXTS =
            List.of(
                    "",
                    "a",
                    "{\"type\":\"noted\"}",
                    "two\nlines\r\n\t",
                    "\0\u0001\u001f\u007f\u2028",
                    "Grüße 日本 🌳",
                    "half \ud83c, other half \udf33",
                    "'; drop table event; --",
                    "\\\"/`$(x)");

    private final Random chance;

    Instances(Random chance) {
        this.chance = chance;
    }

    /// An instance of a record, or of one of a sealed interface's.
    <T> T of(Class<T> type) {
        return type.cast(value(type));
    }

    private Object value(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return container(parameterized);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isSealed()) {
            return value(anyOf(Arrays.asList(plain.getPermittedSubclasses())));
        }
        if (plain.isEnum()) {
            return anyOf(Arrays.asList(plain.getEnumConstants()));
        }
        return switch (plain.getSimpleName()) {
            case "boolean" -> chance.nextBoolean();
            case "int", "Integer" -> anyOf(List.of(0, 1, 5, 10, -7, Integer.MAX_VALUE));
            case "long" -> anyOf(List.of(0L, 1L, -1L, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE));
            case "double" -> anyOf(List.of(0.0, 0.1, 1.5, -1e300, Double.MIN_VALUE));
            case "String" -> anyOf(TEXTS);
            case "Duration" -> Duration.ofSeconds(chance.nextInt(), chance.nextInt(1_000_000_000));
            case "Instant" ->
                    Instant.ofEpochSecond(chance.nextInt(), chance.nextInt(1_000_000_000));
            case "BigDecimal" -> new BigDecimal(new BigInteger(40, chance), chance.nextInt(12));
            case "TaskId" -> anyOf(List.of(TaskId.PLAN, new TaskId("a.B-9_")));
            case "AgentName" -> new AgentName("agent-" + chance.nextInt(9));
            case "JobId" -> JobId.of(Instant.ofEpochSecond(chance.nextInt()), chance.nextLong());
            case "CommitId" -> new CommitId("%040x".formatted(chance.nextLong(1L << 60)));
            default -> record(plain);
        };
    }

    private Object container(ParameterizedType type) {
        Type[] of = type.getActualTypeArguments();
        int size = chance.nextInt(4);
        Class<?> raw = (Class<?>) type.getRawType();
        if (raw == Optional.class) {
            return chance.nextBoolean() ? Optional.of(value(of[0])) : Optional.empty();
        }
        if (raw == List.class) {
            return IntStream.range(0, size).mapToObj(i -> value(of[0])).toList();
        }
        if (raw == Map.class) {
            Map<Object, Object> map = new HashMap<>();
            IntStream.range(0, size).forEach(i -> map.put(value(of[0]), value(of[1])));
            return map;
        }
        throw new AssertionError("teach Instances to make a " + type);
    }

    /// What a record refuses is tried again with other values.
    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components == null) {
            throw new AssertionError("teach Instances to make a " + type);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        for (int i = 0; i < TRIES; i++) {
            List<Object> values = new ArrayList<>();
            for (RecordComponent component : components) {
                values.add(value(component.getGenericType()));
            }
            try {
                return type.getDeclaredConstructor(types).newInstance(values.toArray());
            } catch (InvocationTargetException e) {
                if (!(e.getCause() instanceof IllegalArgumentException)) {
                    throw new AssertionError(type + " of " + values, e);
                }
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(type + " of " + values, e);
            }
        }
        throw new AssertionError("no values found that make a " + type);
    }

    private <T> T anyOf(List<T> values) {
        return values.get(chance.nextInt(values.size()));
    }
}
