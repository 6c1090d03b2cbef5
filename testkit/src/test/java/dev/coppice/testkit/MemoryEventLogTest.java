package dev.coppice.testkit;

import dev.coppice.engine.EventLog;

final class MemoryEventLogTest extends EventLogContract {
    private final MemoryEventLog histories = new MemoryEventLog();

    @Override
    protected EventLog open() {
        return histories.another();
    }
}
