package io.mobula.store.spill;

import io.mobula.store.client.StoreClient;
import java.io.IOException;
import java.nio.file.Path;

/** The local disk as a spill target of a store whose memory is slow to touch. */
final class SlowTouchTargetTest extends SpillTargetContract {
  private final LocalDiskTargetTest fast = new LocalDiskTargetTest();

  @Override
  SpillTarget open(Path parent) throws IOException {
    return fast.open(parent);
  }

  @Override
  void spoil(SpillFile file, long offset) throws IOException {
    fast.spoil(file, offset);
  }

  @Override
  boolean isEmpty(Path parent) throws IOException {
    return fast.isEmpty(parent);
  }

  /** So long that {@link StoreClient} takes to read and write calls. */
  @Override
  long touchNanos() {
    return 1_000_000_000;
  }
}
