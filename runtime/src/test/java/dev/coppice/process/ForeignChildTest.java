package dev.coppice.process;

class ForeignChildTest extends ChildContract {
    @Override
    Processes open() {
        return Processes.ofStarter("foreign");
    }
}
