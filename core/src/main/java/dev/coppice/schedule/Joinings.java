package dev.coppice.schedule;

import dev.coppice.model.Integration;

/// The joinings of a job: how many there were, what the last one left, and whether there is finished
/// work that none has looked at.
final class Joinings {
    private int count;
    private boolean hasUnjoinedWork;
    private int leftBehind;
    private boolean isRefused;

    void begin() {
        count++;
        hasUnjoinedWork = false;
    }

    /// There is work for another joining.
    void workCame() {
        hasUnjoinedWork = true;
    }

    void succeeded(Integration integration) {
        leftBehind = 0;
        for (Integration.Fate fate : integration.tasks().values()) {
            switch (fate) {
                case Integration.Fate.In _ -> {}
                case Integration.Fate.Left _ -> leftBehind++;
            }
        }
        isRefused = integration.delivery() instanceof Integration.Delivery.Refused;
    }

    int count() {
        return count;
    }

    boolean hasUnjoinedWork() {
        return hasUnjoinedWork;
    }

    /// Whether the last joining left some finished branch for the user.
    boolean hasConflictLeft() {
        return leftBehind > 0;
    }

    /// Whether the target could not take what the last joining brought.
    boolean isRefused() {
        return isRefused;
    }
}
