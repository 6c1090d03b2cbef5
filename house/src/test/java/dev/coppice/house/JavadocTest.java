package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Reads the sources of the library: what programmers call says what it does. What overrides says so where it comes from, what a record's
/// constructor takes is told of with the record, and constants of an enum may speak for themselves.
class JavadocTest {
    private static final Path SOURCES = Path.of("..", "library", "src", "main", "java");

    @Test
    void everyPublicTypeMethodAndConstantSaysWhatItIs() throws Exception {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }

        assertThat(sources).hasSizeGreaterThan(50);
        assertThat(silentIn(sources)).isEmpty();
    }

    private static List<String> silentIn(List<Path> sources) throws IOException {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    null,
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources));
            Silent silent = new Silent(DocTrees.instance(task));
            for (CompilationUnitTree unit : task.parse()) {
                silent.scan(unit, null);
            }
            return silent.found;
        }
    }

    /// Collects what is public, and in public types only, and has no comment.
    private static final class Silent extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final DocTrees comments;
        private final List<String> found = new ArrayList<>();

        Silent(DocTrees comments) {
            this.comments = comments;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
            if (!type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                return null;
            }
            look(type.getSimpleName().toString());
            return super.visitClass(type, null);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            boolean isConstructor = method.getReturnType() == null;
            boolean isOverriding =
                    method.getModifiers().getAnnotations().stream()
                            .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
            boolean isOpen =
                    method.getModifiers().getFlags().contains(Modifier.PUBLIC)
                            || owner().getKind() == Tree.Kind.INTERFACE;
            if (isOpen && !isOverriding && !(isConstructor && isRecord())) {
                look(method.getName().toString());
            }
            return null;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree field, @Nullable Void nothing) {
            boolean isOfEnum = owner().getKind() == Tree.Kind.ENUM;
            if (field.getModifiers().getFlags().contains(Modifier.PUBLIC) && !isOfEnum) {
                look(field.getName().toString());
            }
            return null;
        }

        private boolean isRecord() {
            return owner().getKind() == Tree.Kind.RECORD;
        }

        private Tree owner() {
            return getCurrentPath().getParentPath().getLeaf();
        }

        private void look(String name) {
            if (comments.getDocComment(getCurrentPath()) == null) {
                found.add(
                        getCurrentPath().getCompilationUnit().getSourceFile().getName()
                                + ": "
                                + name);
            }
        }
    }
}
