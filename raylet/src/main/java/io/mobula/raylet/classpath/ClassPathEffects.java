package io.mobula.raylet.classpath;

import io.mobula.proto.ClassPathEntry;
import io.mobula.proto.FailureKind;
import java.util.List;

/**
 * Carries out what {@link ClassPathTable} decides. None of these may call back into the table
 * before it returns to its caller, except through a later event.
 */
public interface ClassPathEffects {
  /**
   * Look at the entries on this host, and answer with inspected.
   *
   * @param isSameHost whether the driver's paths mean anything here
   */
  void inspect(int job, boolean isSameHost, List<ClassPathEntry> entries);

  /** Ask the GCS for a piece of a package, on behalf of a job that needs it. */
  void requestChunk(String sha256, long offset, int job);

  /**
   * Append a piece to the package's file, and answer with chunkWritten or writeFailed. After the
   * last, the hash is compared and the file gets its name.
   */
  void write(String sha256, long offset, byte[] data, boolean isLast);

  /** Delete the package's file, whole or not. */
  void delete(String sha256);

  /** The job's entries are usable: paths, in order, without duplicates of the runtime. */
  void ready(int job, List<String> classPath);

  /** The job can't run here. */
  void failed(int job, FailureKind kind, String message);
}
