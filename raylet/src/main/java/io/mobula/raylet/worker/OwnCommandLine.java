package io.mobula.raylet.worker;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What this process was started with. {@link ProcessHandle} gives it only if it is no longer than a
 * page, which a class path is; and the bean that knows the JVM's arguments costs tens of
 * milliseconds.
 */
public final class OwnCommandLine {
  private static final Path FILE = Path.of("/proc/self/cmdline");

  private OwnCommandLine() {}

  /** The executable and its arguments; nothing where the system does not tell. */
  public static List<String> read() {
    try {
      String all = new String(Files.readAllBytes(FILE), Charset.defaultCharset());
      return List.of(all.split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }
}
