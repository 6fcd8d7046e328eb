package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Task0;
import io.mobula.api.Task1;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Tasks whose results refer to what their workers own. */
public final class Lender {
  /** Puts an object of that many bytes. */
  public static final Task1<Integer, Loan> PUT = Mobula.task(Lender::put);

  /** Starts a task that is over once there is that file, and does not wait for it. */
  public static final Task1<String, Loan> DELEGATE = Mobula.task(Lender::delegate);

  /** Owns nothing; gives its pid. */
  public static final Task0<Long> PASS = Mobula.task(Lender::pass);

  private static final Task1<String, byte[]> AWAIT = Mobula.task(Lender::await);
  private static final long POLL_NANOS = 5_000_000;

  private Lender() {}

  /** Who owns it, and what. */
  public record Loan(long pid, List<ObjectRef<byte[]>> refs) {}

  @Remote
  private static Loan put(Integer sizeBytes) {
    return new Loan(pass(), List.of(Mobula.put(new byte[sizeBytes])));
  }

  @Remote
  private static Loan delegate(String file) {
    return new Loan(pass(), List.of(AWAIT.remote(file)));
  }

  @Remote
  private static byte[] await(String file) {
    while (Files.notExists(Path.of(file))) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    return new byte[] {42};
  }

  @Remote
  private static Long pass() {
    return ProcessHandle.current().pid();
  }
}
