package dev.coppice.process;

class BuilderCommandTest extends CommandContract {
    @Override
    Processes open() {
        return Processes.ofStarter("builder");
    }
}
