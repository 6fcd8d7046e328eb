package io.mobula.testkit.programs;

import io.mobula.api.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** An actor that counts, tells its pid and can be made to hang. */
@Remote
public final class Clerk {
  private int count;

  public Clerk() {}

  /** Counts up. */
  public int next() {
    return ++count;
  }

  /** Of its process. */
  public long pid() {
    return ProcessHandle.current().pid();
  }

  /** Makes the file, then never returns. */
  public int hang(String file) throws IOException, InterruptedException {
    Files.createFile(Path.of(file));
    new CountDownLatch(1).await();
    return count;
  }
}
