package io.mobula.worker.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.id.ProcessAddress;
import io.mobula.agent.loop.SystemClock;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ReadyCountTest {
  private static final int ROUNDS = 2_000;
  private final ReadyCount count = new ReadyCount();

  @Test
  void shouldCountWhatWasReadyWhenItTookItsPlace() throws InterruptedException {
    ObjectEntry.ready(key(1), value()).whenReady(count);
    count.await(1, Long.MAX_VALUE, SystemClock.INSTANCE);
    assertThat(count.ready()).isEqualTo(1);
  }

  @Test
  void shouldComeBackWhenTheTimeIsUp() throws InterruptedException {
    ObjectEntry.pending(key(1)).whenReady(count);
    count.await(1, 0, SystemClock.INSTANCE);
    assertThat(count.ready()).isZero();
  }

  @Test
  void shouldBeUsedByOneThreadWhenTwoWantIt() {
    assertThat(count.tryUse()).isTrue();
    assertThat(count.tryUse()).isFalse();
    count.endUse();
    assertThat(count.tryUse()).isTrue();
  }

  @Test
  void shouldWakeItsThreadWheneverOneMoreIsReady() throws Exception {
    List<ObjectEntry> entries = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      ObjectEntry entry = ObjectEntry.pending(key(i));
      entry.whenReady(count);
      entries.add(entry);
    }
    CompletableFuture<Boolean> all =
        CompletableFuture.supplyAsync(() -> {
          try {
            for (int i = 1; i <= ROUNDS; i++) {
              count.await(i, Long.MAX_VALUE, SystemClock.INSTANCE);
            }
            return true;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
          }
        });
    entries.forEach(entry -> entry.complete(value()));
    assertThat(all.get(20, TimeUnit.SECONDS)).isTrue();
  }

  private static ObjectKey key(long sequence) {
    return new ObjectKey(ProcessAddress.of(1, 1), sequence);
  }

  private static Outcome value() {
    return new Outcome.Inline(1, new byte[0]);
  }
}
