package io.mobula.agent.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's secret: 32 bytes, written as 64 hex digits. Immutable; its text form shows nothing.
 */
public final class ClusterSecret {
  /** The environment variable that carries it. */
  public static final String ENVIRONMENT_VARIABLE = "MOBULA_TOKEN";

  private static final int LENGTH_BYTES = 32;

  private final byte[] bytes;

  private ClusterSecret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Draws a new one. */
  public static ClusterSecret generate() {
    byte[] bytes = new byte[LENGTH_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new ClusterSecret(bytes);
  }

  /**
   * Reads the hex form, white space around it ignored.
   *
   * @throws IllegalArgumentException if it is none; the message does not repeat it
   */
  public static ClusterSecret of(String hex) {
    String text = hex.strip().toLowerCase(Locale.ROOT);
    if (text.length() != 2 * LENGTH_BYTES || !text.matches("[0-9a-f]+")) {
      throw new IllegalArgumentException(
          "not a cluster token: length=" + text.length() + ", expected 64 hex digits");
    }
    return new ClusterSecret(HexFormat.of().parseHex(text));
  }

  /** Reads a token file. */
  public static ClusterSecret read(Path file) throws IOException {
    try {
      return of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new IOException("bad token file: path=" + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The secret that this process was given: the value, else {@code MOBULA_TOKEN}, else the file.
   *
   * @param value from a program, or null
   * @param file from configuration, or null
   * @return empty if none of them is there
   * @throws IllegalArgumentException if the value or the variable is no token
   * @throws IOException if the file is named and can't be read
   */
  public static Optional<ClusterSecret> find(
      @Nullable String value, Map<String, String> environment, @Nullable Path file)
      throws IOException {
    if (value != null) {
      return Optional.of(of(value));
    }
    String variable = environment.get(ENVIRONMENT_VARIABLE);
    if (variable != null && !variable.isBlank()) {
      return Optional.of(of(variable));
    }
    return file == null ? Optional.empty() : Optional.of(read(file));
  }

  /** Writes the token file, mode 0600. */
  public void write(Path file) throws IOException {
    PrivateFiles.writeAtomically(file, hex() + "\n");
  }

  /** The form that travels. Never log it. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  /** The key for message authentication codes; a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Whether the text is this secret, in time that tells nothing of where it differs. */
  public boolean matches(String hex) {
    return MessageDigest.isEqual(
        hex().getBytes(StandardCharsets.US_ASCII), hex.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClusterSecret secret && MessageDigest.isEqual(bytes, secret.bytes);
  }

  @Override
  public int hashCode() {
    return LENGTH_BYTES;
  }

  @Override
  public String toString() {
    return "********";
  }
}
