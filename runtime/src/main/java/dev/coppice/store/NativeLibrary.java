package dev.coppice.store;

import dev.coppice.engine.EventLogException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's native library, which the driver would unpack anew at each start: unpacked once, into a
/// folder named after the driver's version and the platform.
final class NativeLibrary {
    private static final FileAttribute<?> OWNER_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private NativeLibrary() {}

    /// Makes the driver load its library from `cache`. Without effect once the driver has loaded it.
    static void loadFrom(Path cache) {
        Path folder = cache.resolve(folderName()).toAbsolutePath();
        String name = LibraryLoaderUtil.getNativeLibName();
        try {
            if (!Files.exists(folder.resolve(name))) {
                unpack(folder, name);
            }
        } catch (IOException e) {
            throw new EventLogException(
                    "can't keep SQLite's library in " + folder + ": make it writable", e);
        }
        // The driver's own hook; it has no other.
        System.setProperty("org.sqlite.lib.path", folder.toString());
        System.setProperty("org.sqlite.lib.name", name);
    }

    /// By the JDK's words for the platform: the driver's own take 20 ms to find out. Should the
    /// library not fit after all, the driver falls back on unpacking its own.
    private static String folderName() {
        String platform = System.getProperty("os.name") + "-" + System.getProperty("os.arch");
        return "sqlite-" + SQLiteJDBCLoader.getVersion() + "-" + platform.replace(' ', '_');
    }

    /// Another process may do the same at the same time: the file appears whole or not at all.
    private static void unpack(Path folder, String name) throws IOException {
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
        Files.createDirectories(folder, OWNER_ALONE);
        Path whole = Files.createTempFile(folder, name, ".new");
        try (InputStream packed = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (packed == null) {
                throw new EventLogException("SQLite's driver has no library " + resource);
            }
            Files.copy(packed, whole, StandardCopyOption.REPLACE_EXISTING);
            Files.move(whole, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(whole);
        }
    }
}
