package io.mobula.store.table;

import static io.mobula.store.table.StoreTables.OTHER;
import static io.mobula.store.table.StoreTables.READER;
import static io.mobula.store.table.StoreTables.WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.store.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Visits every row of the table through the requests that cause it. */
final class ObjectTransitionsTest {

  private static final long CAPACITY = 1 << 20;
  private static final ObjectKey KEY = StoreTables.key(1);

  static List<ObjectTransitions.Row> rows() {
    return ObjectTransitions.rows();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void shouldReachNextStateWhenRequestComes(ObjectTransitions.Row row) {
    StoreTable table = StoreTables.populated(CAPACITY);
    bring(table, row.state(), row.event());
    assertThat(table.state(KEY)).isEqualTo(row.state());
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
            "ABSENT DELETE_HELD",
            "ABSENT EVICT",
            "CREATED RELEASE",
            "CREATED RELEASE_LAST",
            "CREATED DELETE_HELD",
            "CREATED EVICT",
            "CANCELLED RELEASE",
            "CANCELLED RELEASE_LAST",
            "CANCELLED DELETE_HELD",
            "CANCELLED EVICT",
            "DELETING DELETE_UNHELD",
            "DELETING EVICT");
  }

  /** Brings the object into the state, with as many holds as the event is about. */
  private static void bring(StoreTable table, ObjectState state, ObjectEvent event) {
    if (state == ObjectState.ABSENT) {
      return;
    }
    StoreTables.createObject(table, KEY, CAPACITY);
    if (state == ObjectState.CREATED) {
      return;
    }
    if (state == ObjectState.CANCELLED) {
      assertThat(table.delete(KEY)).isEqualTo(DeleteResult.DEFERRED);
      return;
    }
    table.seal(KEY, WRITER, false);
    int holds =
        switch (event) {
          case RELEASE -> 2;
          case RELEASE_LAST, DELETE_HELD -> 1;
          default -> state == ObjectState.DELETING ? 1 : 0;
        };
    for (int i = 0; i < holds; i++) {
      StoreTables.hold(table, KEY, READER);
    }
    if (state == ObjectState.DELETING) {
      assertThat(table.delete(KEY)).isEqualTo(DeleteResult.DEFERRED);
    }
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
      case PIN -> table.pin(KEY);
      case UNPIN -> table.unpin(KEY);
      case EVICT -> table.create(StoreTables.key(2), 1, WRITER);
    }
  }
}
