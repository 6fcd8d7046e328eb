package io.mobula.store.layout;

import java.time.Instant;

/**
 * The process that owns a store, told apart from a later process with the same pid, and from one
 * with the same pid in another container, by when it started.
 *
 * @param pid its process id, as it sees it itself
 * @param startMillis when it started, in milliseconds since 1970; zero if the system does not say
 */
public record StoreOwner(long pid, long startMillis) {

  /** This process. The answer is the same at every call. */
  public static StoreOwner ofThisProcess() {
    ProcessHandle self = ProcessHandle.current();
    long startMillis = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return new StoreOwner(self.pid(), startMillis);
  }
}
