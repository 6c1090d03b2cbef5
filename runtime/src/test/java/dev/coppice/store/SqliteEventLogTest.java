package dev.coppice.store;

import dev.coppice.engine.EventLog;
import dev.coppice.testkit.EventLogContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteEventLogTest extends EventLogContract {
    @TempDir private Path folder;

    @Override
    protected EventLog open() {
        return Stores.open(folder.resolve("coppice.db"));
    }
}
