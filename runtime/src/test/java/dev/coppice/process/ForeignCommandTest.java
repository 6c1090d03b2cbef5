package dev.coppice.process;

class ForeignCommandTest extends CommandContract {
    @Override
    Processes open() {
        Processes processes = Processes.ofStarter("foreign");
        processes.prepare();
        return processes;
    }
}
