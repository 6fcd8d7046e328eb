package io.mobula.agent.session;

import java.io.IOException;
import java.nio.file.Path;

/** A program that holds a lock until its input ends, for tests that need another process. */
final class LockHolder {
  private LockHolder() {}

  /** Prints whether it got the lock that its argument names. */
  public static void main(String[] arguments) throws IOException {
    boolean isHeld = DirectoryLock.tryCreate(Path.of(arguments[0])).isPresent();
    System.out.println(isHeld ? "held" : "refused");
    int next;
    do {
      next = System.in.read();
    } while (next >= 0);
  }
}
