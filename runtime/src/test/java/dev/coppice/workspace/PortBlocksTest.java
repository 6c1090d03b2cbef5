package dev.coppice.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortBlocksTest {
    @TempDir Path folder;

    private Path workspace(String name) throws IOException {
        return Files.createDirectories(folder.resolve("workspaces").resolve(name));
    }

    private PortBlocks blocks() {
        return new PortBlocks(folder.resolve("home").resolve("ports"));
    }

    @Test
    void aWorkspaceKeepsItsBlockOverRetries() throws Exception {
        PortBlock first = blocks().take(workspace("one"), 10);

        assertThat(blocks().take(workspace("one"), 10)).isEqualTo(first);
        assertThat(first.count()).isEqualTo(10);
    }

    @Test
    void noTwoStandingWorkspacesShareAPort() throws Exception {
        List<Future<PortBlock>> taken = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                Path workspace = workspace("w" + i);
                int size = 5 + i % 7;
                taken.add(threads.submit(() -> blocks().take(workspace, size)));
            }
        }

        List<PortBlock> blocks = new ArrayList<>();
        for (Future<PortBlock> block : taken) {
            blocks.add(block.get());
        }
        for (PortBlock one : blocks) {
            assertThat(blocks.stream().filter(one::meets)).containsExactly(one);
        }
    }

    @Test
    void linesThatCantBeReadDoNotCount() throws Exception {
        PortBlock one = blocks().take(workspace("one"), 10);
        Path register = folder.resolve("home").resolve("ports");
        String good = Files.readString(register);
        String bad =
                "0 10 /x\n70000 5 /x\n20000 0 /x\n20000 5 %zz\n20000 5 %00\n20000 5 /\u00ff\nx\n";
        Files.write(register, (bad + good).getBytes(StandardCharsets.ISO_8859_1));

        assertThat(blocks().take(workspace("one"), 10)).isEqualTo(one);
        assertThat(blocks().take(workspace("two"), 10).meets(one)).isFalse();
        assertThat(register).content().doesNotContain("%zz");
    }

    @Test
    void aBlockInWhichSomebodyListensIsPassedOver() throws Exception {
        PortBlock had = blocks().take(workspace("one"), 3);

        PortBlock now;
        try (ServerSocket _ =
                new ServerSocket(had.first() + 1, 1, InetAddress.getLoopbackAddress())) {
            now = blocks().take(workspace("one"), 3);
        }

        assertThat(now.meets(had)).isFalse();
    }

    @Test
    void theBlockOfAWorkspaceThatIsGoneIsFreeAgain() throws Exception {
        Path gone = workspace("gone ü");
        PortBlock had = blocks().take(gone, 3);
        Files.delete(gone);
        blocks().take(workspace("other"), 3);

        assertThat(Files.readString(folder.resolve("home").resolve("ports")))
                .doesNotContain(had.first() + " 3 ")
                .hasLineCount(1);
    }

    @Test
    void aLineThatCannotBeReadDoesNotCount() throws Exception {
        PortBlock had = blocks().take(workspace("one"), 3);
        Path register = folder.resolve("home").resolve("ports");
        Files.writeString(register, "nonsense\n" + Files.readString(register));

        assertThat(blocks().take(workspace("one"), 3)).isEqualTo(had);
    }

    @Test
    void aBlockThatWasGivenUpIsFreeAgain() throws Exception {
        blocks().take(workspace("one"), 3);

        blocks().giveUp(workspace("one"));

        assertThat(folder.resolve("home").resolve("ports")).isEmptyFile();
    }
}
