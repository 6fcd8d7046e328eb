package io.mobula.raylet.classpath;

import io.mobula.proto.ClassPathEntry;
import java.util.List;

/**
 * Keeps packages as files, and looks at class-path entries. Nothing blocks; outcomes come later, on
 * the loop.
 */
public interface PackageStore extends AutoCloseable {
  /** Where the package of that hash is, or will be. */
  String pathOf(String sha256);

  /** Looks at a job's entries. */
  void inspect(int job, boolean isSameHost, List<ClassPathEntry> entries);

  /** Appends a piece to a draft; the last one makes the draft the package. */
  void write(String sha256, long offset, byte[] data, boolean isLast);

  /** Deletes a package, whole or not. */
  void delete(String sha256);

  /** Forgets what has not begun; the files stay. */
  @Override
  void close();

  /** Receives the outcomes, on the loop. */
  interface Outcomes {
    void inspected(int job, List<Inspection> findings);

    void chunkWritten(String sha256, long endOffset, boolean isLast);

    void writeFailed(String sha256, String message);
  }
}
