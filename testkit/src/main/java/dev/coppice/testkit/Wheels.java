package dev.coppice.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Python packages small enough to be written by hand, so that pip needs no index. Hand [#environment] to what runs pip.
public final class Wheels {
    private Wheels() {}

    /// Writes a wheel of a package whose module says its version, and whose command, called like the package,
    /// prints it and the path of the Python that runs it.
    public static Path write(Path folder, String name, String version) throws IOException {
        Files.createDirectories(folder);
        String info = name + "-" + version + ".dist-info/";
        Path wheel = folder.resolve(name + "-" + version + "-py3-none-any.whl");
        try (OutputStream file = Files.newOutputStream(wheel);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            add(
                    zip,
                    name + ".py",
                    "import sys\nversion = '"
                            + version
                            + "'\ndef main():\n    print(version, sys.prefix)\n");
            add(
                    zip,
                    info + "METADATA",
                    "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
            add(
                    zip,
                    info + "WHEEL",
                    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            add(
                    zip,
                    info + "entry_points.txt",
                    "[console_scripts]\n" + name + " = " + name + ":main\n");
            add(
                    zip,
                    info + "RECORD",
                    name
                            + ".py,,\n"
                            + info
                            + "METADATA,,\n"
                            + info
                            + "WHEEL,,\n"
                            + info
                            + "entry_points.txt,,\n"
                            + info
                            + "RECORD,,\n");
        }
        return wheel;
    }

    /// The variables by which pip takes packages from a folder of wheels, and from nowhere else.
    public static Map<String, String> environment(Path folder) {
        return Map.of(
                "PIP_NO_INDEX", "1",
                "PIP_FIND_LINKS", folder.toString(),
                "PIP_CONFIG_FILE", "/dev/null");
    }

    private static void add(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }
}
