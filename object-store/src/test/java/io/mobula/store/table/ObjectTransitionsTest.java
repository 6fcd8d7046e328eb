package io.mobula.store.table;

import static io.mobula.store.table.StoreTables.OTHER;
import static io.mobula.store.table.StoreTables.READER;
import static io.mobula.store.table.StoreTables.WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.StoreKey;
import io.mobula.store.hold.Held;
import io.mobula.store.hold.SharedMemory;
import io.mobula.store.hold.StoreReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Visits every row of the table through the requests that cause it. */
final class ObjectTransitionsTest {

  private static final long CAPACITY = 1 << 20;
  private static final StoreKey KEY = StoreTables.key(1);

  static List<ObjectTransitions.Row> rows() {
    return ObjectTransitions.rows();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void shouldReachNextStateWhenRequestComes(ObjectTransitions.Row row) {
    SharedMemory memory = new SharedMemory(CAPACITY);
    StoreTable table = StoreTables.populated(memory.layout(), memory.shared());
    StoreReader reader = memory.join(READER);
    Runnable release = bring(table, reader, row.state(), row.event());
    assertThat(table.state(KEY)).isEqualTo(row.state());
    release.run();
    request(table, row.event());
    assertThat(table.state(KEY)).isEqualTo(row.next());
    table.verify();
    boolean isGone = row.next() == ObjectState.ABSENT;
    assertThat(table.usage().heap().usedBytes() == 0 || row.event() == ObjectEvent.EVICT)
        .isEqualTo(isGone);
  }

  @Test
  void shouldRefuseWhenPairIsNotListed() {
    List<String> unlisted = new ArrayList<>();
    for (ObjectState state : ObjectState.values()) {
      for (ObjectEvent event : ObjectEvent.values()) {
        boolean isListed =
            rows().stream().anyMatch(row -> row.state() == state && row.event() == event);
        if (!isListed) {
          unlisted.add(state + " " + event);
          assertThatThrownBy(() -> ObjectTransitions.on(state, event))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("state=" + state)
              .hasMessageContaining("event=" + event);
        }
      }
    }
    assertThat(unlisted)
        .containsExactly(
            "ABSENT RELEASE",
            "ABSENT RELEASE_LAST",
            "ABSENT DRAIN",
            "ABSENT DELETE_HELD",
            "ABSENT EVICT",
            "CREATED RELEASE",
            "CREATED RELEASE_LAST",
            "CREATED DRAIN",
            "CREATED DELETE_HELD",
            "CREATED EVICT",
            "CANCELLED RELEASE",
            "CANCELLED RELEASE_LAST",
            "CANCELLED DRAIN",
            "CANCELLED DELETE_HELD",
            "CANCELLED EVICT",
            "SEALED DRAIN",
            "DELETING DELETE_UNHELD",
            "DELETING EVICT");
  }

  /**
   * Brings the object into the state, with as many holds as the event is about.
   *
   * @return ends the hold in shared memory, if there is one
   */
  private static Runnable bring(
      StoreTable table, StoreReader reader, ObjectState state, ObjectEvent event) {
    if (state == ObjectState.ABSENT) {
      return () -> {};
    }
    StoreTables.createObject(table, KEY, CAPACITY);
    if (state == ObjectState.CREATED) {
      return () -> {};
    }
    if (state == ObjectState.CANCELLED) {
      assertThat(table.delete(KEY)).isEqualTo(DeleteResult.DEFERRED);
      return () -> {};
    }
    table.seal(KEY, WRITER, false);
    Held held = event == ObjectEvent.DRAIN ? reader.tryHold(KEY.high(), KEY.low()) : null;
    int holds =
        switch (event) {
          case RELEASE -> 2;
          case RELEASE_LAST, DELETE_HELD -> 1;
          case DRAIN -> 0;
          default -> state == ObjectState.DELETING ? 1 : 0;
        };
    for (int i = 0; i < holds; i++) {
      StoreTables.hold(table, KEY, READER);
    }
    if (state == ObjectState.DELETING) {
      assertThat(table.delete(KEY)).isEqualTo(DeleteResult.DEFERRED);
    }
    return held == null ? () -> {} : () -> assertThat(held.release()).isTrue();
  }

  private static void request(StoreTable table, ObjectEvent event) {
    switch (event) {
      case CREATE -> table.create(KEY, CAPACITY, WRITER);
      case SEAL -> table.seal(KEY, WRITER, false);
      case ABORT -> table.abort(KEY, WRITER);
      case HOLD -> table.hold(KEY, READER);
      case RELEASE, RELEASE_LAST -> table.release(KEY, READER);
      case RELEASE_UNHELD -> table.release(KEY, OTHER);
      case DELETE_HELD, DELETE_UNHELD -> table.delete(KEY);
      case DRAIN -> table.noticed();
      case PIN -> table.pin(KEY);
      case UNPIN -> table.unpin(KEY);
      case EVICT -> table.create(StoreTables.key(2), 1, WRITER);
    }
  }
}
