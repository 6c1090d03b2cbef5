package dev.coppice.merge;

import dev.coppice.git.TreeChange;
import dev.coppice.git.TreeEntry;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// The paths that a result differs in from the common base, and whether further changes keep clear of them.
///
/// Where no path is touched twice, nothing is created below a file or around a folder of the other side's, and nothing
/// is deleted (a deleted file may be a renamed one, whose changes git carries over), a merge is the sum of both sides'
/// changes, whatever is in the files. All else is left to git.
final class Touched {
    private final NavigableMap<String, TreeEntry> paths = new TreeMap<>();
    private boolean isOpen = true;

    Touched(List<TreeChange> changes) {
        add(changes);
    }

    /// Whether any changes at all can keep clear.
    boolean isOpen() {
        return isOpen;
    }

    /// Adds changes if they keep clear, and says whether they did.
    boolean addIfClear(List<TreeChange> changes) {
        boolean isClear = isOpen && changes.stream().allMatch(this::isClear);
        if (isClear) {
            add(changes);
        }
        return isClear;
    }

    private void add(List<TreeChange> changes) {
        for (TreeChange change : changes) {
            isOpen &= isSimple(change);
            paths.put(change.path(), change.after());
        }
    }

    private static boolean isSimple(TreeChange change) {
        return switch (change.kind()) {
            case CREATED, MODIFIED -> change.hasTruePath();
            case DELETED -> false;
        };
    }

    private boolean isClear(TreeChange change) {
        if (!isSimple(change)) {
            return false;
        }
        String path = change.path();
        TreeEntry touched = paths.get(path);
        if (touched != null) {
            return touched.equals(change.after());
        }
        String below = paths.ceilingKey(path + "/");
        if (below != null && below.startsWith(path + "/")) {
            return false;
        }
        for (int end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
            if (paths.containsKey(path.substring(0, end))) {
                return false;
            }
        }
        return true;
    }
}
