package io.mobula.raylet.classpath;

import java.util.LinkedHashSet;
import java.util.Set;

/** A package that is, or is to be, a file of this node. Owned by {@link ClassPathTable}. */
final class FetchedPackage {
  final String sha256;
  final String path;
  final Set<Integer> users = new LinkedHashSet<>();
  boolean isWhole;
  boolean isWriting;
  long sizeBytes;

  /** The job in whose name it is being fetched. */
  int fetchingFor;

  /** When a piece that was asked for is late. */
  long deadlineNanos = Long.MAX_VALUE;

  /**
   * A package that nobody has.
   *
   * @param path where the driver has it, for people
   */
  FetchedPackage(String sha256, String path) {
    this.sha256 = sha256;
    this.path = path;
  }
}
