package io.mobula.raylet.objects;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobula.agent.id.ObjectKey;
import io.mobula.store.heap.PopulateResult;
import io.mobula.store.layout.StoreLayout;
import io.mobula.store.table.StoreTable;
import org.junit.jupiter.api.Test;

/** Memory that is there before anybody asks for it. */
final class GrowAheadTest {
  private static final long CAPACITY = 384L << 20;
  private static final long AHEAD = CAPACITY / 6;
  private static final long CLIENT = 5;

  private final StoreTable store = new StoreTable(StoreLayout.ofCapacity(CAPACITY));
  private final CreateQueue queue =
      new CreateQueue(
          store,
          ObjectConfig.ofCapacity(CAPACITY, SpillConfig.DEFAULT).growingAhead(CAPACITY),
          key -> {},
          0);

  @Test
  void shouldPopulateNothingBeforeItsTime() {
    assertThat(queue.step(false, false, 5_000_000_000L)).isNull();
    queue.growAheadSoon(5_000_000_000L);
    assertThat(queue.step(false, false, 5_500_000_000L)).isNull();
    assertThat(queue.nextTimeNanos()).isEqualTo(6_000_000_000L);
  }

  @Test
  void shouldPopulateAheadInStepsAndAgainWhenMemoryWasTaken() {
    queue.growAheadSoon(0);
    long now = CreateQueue.AHEAD_DELAY_NANOS;
    assertThat(populateAll(now)).isEqualTo(AHEAD);
    assertThat(queue.nextTimeNanos()).as("nothing is due").isEqualTo(Long.MAX_VALUE);
    store.clientJoined(CLIENT);
    queue.add(new WaitingCreate(new ObjectKey(1, 1), 40 << 20, CLIENT, 1, now, CreatePriority.NEW));
    assertThat(queue.step(false, false, now)).isInstanceOf(CreateQueue.Step.Granted.class);
    assertThat(populateAll(now)).as("the creator has just begun to write").isZero();
    now += CreateQueue.AHEAD_DELAY_NANOS;
    assertThat(populateAll(now)).as("it still writes").isZero();
    store.seal(new io.mobula.store.StoreKey(1, 1), CLIENT, true);
    assertThat(queue.nextTimeNanos()).isEqualTo(now + CreateQueue.AHEAD_DELAY_NANOS);
    now += CreateQueue.AHEAD_DELAY_NANOS;
    assertThat(populateAll(now)).isEqualTo(40 << 20);
  }

  @Test
  void shouldServeCreatorAfterTheStepThatIsUnderWay() {
    queue.growAheadSoon(0);
    long now = CreateQueue.AHEAD_DELAY_NANOS;
    CreateQueue.Step.Populate step =
        (CreateQueue.Step.Populate) requireNonNull(queue.step(false, false, now));
    store.clientJoined(CLIENT);
    queue.add(new WaitingCreate(new ObjectKey(1, 1), 1 << 20, CLIENT, 1, now, CreatePriority.NEW));
    assertThat(queue.step(false, false, now)).as("the heap grows already").isNull();
    queue.populated(PopulateResult.complete(step.extent()), now);
    assertThat(queue.step(false, false, now)).isInstanceOf(CreateQueue.Step.Granted.class);
  }

  private long populateAll(long now) {
    long populatedBytes = 0;
    while (queue.step(false, false, now) instanceof CreateQueue.Step.Populate(var extent)) {
      populatedBytes += extent.sizeBytes();
      queue.populated(PopulateResult.complete(extent), now);
    }
    return populatedBytes;
  }
}
