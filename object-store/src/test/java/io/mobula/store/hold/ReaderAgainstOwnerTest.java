package io.mobula.store.hold;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.store.HeapRange;
import io.mobula.store.StoreKey;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A reader and the owner on two threads that begin each round at the same time, give or take some
 * turns. In longer runs of this kind, rounds fail without any one of the protocol's fences and
 * without the version; a few of a million, so that a short run on a busy machine may miss it.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ReaderAgainstOwnerTest {

  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int ROUNDS_MAX = 1_000_000;
  private static final int JITTER_TURNS = 60;
  private static final int END = -1;
  private static final StoreKey KEY = new StoreKey(1, 1);
  private static final HeapRange RANGE = new HeapRange(64, 1);
  private static final HeapRange OTHER_RANGE = new HeapRange(128, 1);

  private final SharedMemory memory = new SharedMemory(1 << 20, 1, 1);
  private volatile int notices;
  private volatile int begun;
  private volatile int done;
  private @Nullable Held held;
  private boolean tells;
  private StoreReader reader;
  private int slot;

  @BeforeEach
  void publish() {
    reader = memory.join(1, this::onNotice);
    slot = memory.writer().publish(KEY, RANGE);
  }

  @AfterEach
  void end() {
    begun = END;
  }

  @Test
  void shouldNeverFreeWhileHeldNorWaitForEverWhenObjectIsDeleted() {
    start(() -> held = reader.tryHold(KEY.high(), KEY.low()));
    run(round -> {
      int before = notices;
      begin(round);
      memory.writer().withdraw(slot);
      boolean isSeen = memory.tables().isHeld(slot);
      await(round);
      assertThat(held == null || isSeen).as("freed while held").isTrue();
      assertThat(held != null || !isSeen || notices > before).as("waits for ever").isTrue();
      release();
      memory.writer().settle(slot);
    });
  }

  @Test
  void shouldTellOwnerWhenHoldEndsThatItHasSeen() {
    start(() -> tells = requireNonNull(held).release());
    run(round -> {
      held = requireNonNull(reader.tryHold(KEY.high(), KEY.low()));
      begin(round);
      memory.writer().withdraw(slot);
      boolean isSeen = memory.tables().isHeld(slot);
      await(round);
      assertThat(tells || !isSeen).as("waits for ever").isTrue();
      memory.writer().settle(slot);
    });
  }

  @Test
  void shouldNeverHoldOldRangeWhenSlotIsReused() {
    start(() -> held = reader.tryHold(KEY.high(), KEY.low()));
    run(round -> {
      begin(round);
      memory.writer().withdraw(slot);
      HeapRange expected = round % 2 == 0 ? RANGE : OTHER_RANGE;
      boolean isSeen = memory.tables().isHeld(slot);
      if (!isSeen) {
        memory.writer().remove(slot);
        slot = memory.writer().publish(KEY, expected);
      }
      await(round);
      if (held != null && !isSeen) {
        assertThat(held.range()).isEqualTo(expected);
      }
      release();
      if (isSeen) {
        memory.writer().remove(slot);
        slot = memory.writer().publish(KEY, expected);
      }
    });
  }

  private interface Round {
    void run(int round);
  }

  /** Runs the owner's side on this thread, as often as the time allows. */
  private static void run(Round owner) {
    long start = System.nanoTime();
    for (int round = 1; round <= ROUNDS_MAX; round++) {
      owner.run(round);
      if (System.nanoTime() - start > RUN_NANOS) {
        return;
      }
    }
  }

  /** Starts the reader's side, once for each round that begins. */
  private void start(Runnable action) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          for (int round = 1; awaitBegin(round); round++) {
            jitter(round * 7);
            action.run();
            done = round;
          }
        });
  }

  private boolean awaitBegin(int round) {
    while (begun != round) {
      if (begun == END) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  private void begin(int round) {
    begun = round;
    jitter(round * 11);
  }

  private void await(int round) {
    while (done != round) {
      Thread.onSpinWait();
    }
  }

  private void release() {
    if (held != null) {
      held.release();
    }
  }

  private static void jitter(int turns) {
    for (int turn = turns % JITTER_TURNS; turn > 0; turn--) {
      Thread.onSpinWait();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Only the reader's thread tells.
  private void onNotice() {
    notices++;
  }
}
