package io.mobula.agent.session;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * The machine as processes see it: those with equal ids share files and memory.
 *
 * @param id from the boot, the host name, the user and the session root (with its inode, so that
 *     two containers differ)
 * @param hostName for people
 */
public record HostIdentity(String id, String hostName) {
  /** Set to give the processes of one machine different ids, as tests of several hosts do. */
  public static final String ENVIRONMENT_VARIABLE = "MOBULA_HOST_ID";

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final int ID_BYTES = 16;

  /** This machine's identity, or the one that the environment prescribes. */
  public static HostIdentity detect(SessionRoot root, Map<String, String> environment)
      throws IOException {
    String hostName = readHostName();
    String prescribed = environment.getOrDefault(ENVIRONMENT_VARIABLE, "");
    if (!prescribed.isBlank()) {
      return new HostIdentity(prescribed.strip(), hostName);
    }
    BasicFileAttributes attributes = Files.readAttributes(root.path(), BasicFileAttributes.class);
    String bootId = Files.isReadable(BOOT_ID) ? Files.readString(BOOT_ID).strip() : "";
    String text =
        String.join(
            "\n",
            bootId,
            hostName,
            System.getProperty("user.name", ""),
            root.path().toRealPath().toString(),
            String.valueOf(attributes.fileKey()));
    return new HostIdentity(digest(text), hostName);
  }

  private static String readHostName() throws IOException {
    if (Files.isReadable(HOST_NAME)) {
      return Files.readString(HOST_NAME).strip();
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // The name is for people only, and the machine can't even resolve its own.
      return "localhost";
    }
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
