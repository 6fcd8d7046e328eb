package io.mobula.gcs.packages;

/**
 * Bounds of packages.
 *
 * @param packageBytesMax of one
 * @param cacheBytesMax of all that are kept; the longest unused go first
 * @param chunkBytesMax of one answer
 * @param waiterCountMax requests that wait for a driver, per package
 */
public record PackageLimits(
    long packageBytesMax, long cacheBytesMax, int chunkBytesMax, int waiterCountMax) {
  /** What a GCS uses unless configured otherwise. */
  public static final PackageLimits DEFAULT =
      new PackageLimits(512L << 20, 2L << 30, 1 << 20, 10_000);
}
