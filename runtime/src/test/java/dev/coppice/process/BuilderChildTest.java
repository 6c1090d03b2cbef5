package dev.coppice.process;

class BuilderChildTest extends ChildContract {
    @Override
    Processes open() {
        return Processes.ofStarter("builder");
    }
}
