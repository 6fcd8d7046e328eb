package io.mobula.store.table;

import static io.mobula.store.table.ObjectAction.ADD_HOLD;
import static io.mobula.store.table.ObjectAction.CLEAR_PIN;
import static io.mobula.store.table.ObjectAction.DROP_HOLD;
import static io.mobula.store.table.ObjectAction.ENTER;
import static io.mobula.store.table.ObjectAction.FREE;
import static io.mobula.store.table.ObjectAction.NONE;
import static io.mobula.store.table.ObjectAction.PUBLISH;
import static io.mobula.store.table.ObjectAction.SET_PIN;
import static io.mobula.store.table.ObjectState.ABSENT;
import static io.mobula.store.table.ObjectState.CANCELLED;
import static io.mobula.store.table.ObjectState.CREATED;
import static io.mobula.store.table.ObjectState.DELETING;
import static io.mobula.store.table.ObjectState.SEALED;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The life of an object as a table: state × event → state, action. A pair that is not listed cannot
 * happen; if it does, the store's owner has a bug.
 *
 * <pre>
 *             CREATE            SEAL             DELETE_UNHELD, EVICT
 *   ABSENT ───────────► CREATED ────────► SEALED ─────────────────────► ABSENT
 *      ▲      ABORT        │                 │ DELETE_HELD                ▲
 *      ├───────────────────┤ DELETE_UNHELD   ▼       RELEASE_LAST, DRAIN  │
 *      │                   │              DELETING ───────────────────────┘
 *      │   SEAL, ABORT     ▼
 *      └─────────────── CANCELLED
 * </pre>
 *
 * <p>A request that comes twice, or too late, is listed with the action NONE.
 */
final class ObjectTransitions {

  /** One row of the table. */
  record Row(ObjectState state, ObjectEvent event, ObjectState next, ObjectAction action) {}

  private static final List<Row> ROWS = new ArrayList<>();
  private static final Map<ObjectState, Map<ObjectEvent, Row>> BY_STATE =
      new EnumMap<>(ObjectState.class);

  static {
    row(ABSENT, ObjectEvent.CREATE, CREATED, ENTER);
    row(ABSENT, ObjectEvent.SEAL, ABSENT, NONE);
    row(ABSENT, ObjectEvent.ABORT, ABSENT, NONE);
    row(ABSENT, ObjectEvent.HOLD, ABSENT, NONE);
    row(ABSENT, ObjectEvent.RELEASE_UNHELD, ABSENT, NONE);
    row(ABSENT, ObjectEvent.DELETE_UNHELD, ABSENT, NONE);
    row(ABSENT, ObjectEvent.PIN, ABSENT, NONE);
    row(ABSENT, ObjectEvent.UNPIN, ABSENT, NONE);

    row(CREATED, ObjectEvent.CREATE, CREATED, NONE);
    row(CREATED, ObjectEvent.SEAL, SEALED, PUBLISH);
    row(CREATED, ObjectEvent.ABORT, ABSENT, FREE);
    row(CREATED, ObjectEvent.HOLD, CREATED, NONE);
    row(CREATED, ObjectEvent.RELEASE_UNHELD, CREATED, NONE);
    row(CREATED, ObjectEvent.DELETE_UNHELD, CANCELLED, NONE);
    row(CREATED, ObjectEvent.PIN, CREATED, NONE);
    row(CREATED, ObjectEvent.UNPIN, CREATED, NONE);

    row(CANCELLED, ObjectEvent.CREATE, CANCELLED, NONE);
    row(CANCELLED, ObjectEvent.SEAL, ABSENT, FREE);
    row(CANCELLED, ObjectEvent.ABORT, ABSENT, FREE);
    row(CANCELLED, ObjectEvent.HOLD, CANCELLED, NONE);
    row(CANCELLED, ObjectEvent.RELEASE_UNHELD, CANCELLED, NONE);
    row(CANCELLED, ObjectEvent.DELETE_UNHELD, CANCELLED, NONE);
    row(CANCELLED, ObjectEvent.PIN, CANCELLED, NONE);
    row(CANCELLED, ObjectEvent.UNPIN, CANCELLED, NONE);

    row(SEALED, ObjectEvent.CREATE, SEALED, NONE);
    row(SEALED, ObjectEvent.SEAL, SEALED, NONE);
    row(SEALED, ObjectEvent.ABORT, SEALED, NONE);
    row(SEALED, ObjectEvent.HOLD, SEALED, ADD_HOLD);
    row(SEALED, ObjectEvent.RELEASE, SEALED, DROP_HOLD);
    row(SEALED, ObjectEvent.RELEASE_LAST, SEALED, DROP_HOLD);
    row(SEALED, ObjectEvent.RELEASE_UNHELD, SEALED, NONE);
    row(SEALED, ObjectEvent.DELETE_HELD, DELETING, CLEAR_PIN);
    row(SEALED, ObjectEvent.DELETE_UNHELD, ABSENT, FREE);
    row(SEALED, ObjectEvent.PIN, SEALED, SET_PIN);
    row(SEALED, ObjectEvent.UNPIN, SEALED, CLEAR_PIN);
    row(SEALED, ObjectEvent.EVICT, ABSENT, FREE);

    row(DELETING, ObjectEvent.CREATE, DELETING, NONE);
    row(DELETING, ObjectEvent.SEAL, DELETING, NONE);
    row(DELETING, ObjectEvent.ABORT, DELETING, NONE);
    row(DELETING, ObjectEvent.HOLD, DELETING, NONE);
    row(DELETING, ObjectEvent.RELEASE, DELETING, DROP_HOLD);
    row(DELETING, ObjectEvent.RELEASE_LAST, ABSENT, FREE);
    row(DELETING, ObjectEvent.RELEASE_UNHELD, DELETING, NONE);
    row(DELETING, ObjectEvent.DRAIN, ABSENT, FREE);
    row(DELETING, ObjectEvent.DELETE_HELD, DELETING, NONE);
    row(DELETING, ObjectEvent.PIN, DELETING, NONE);
    row(DELETING, ObjectEvent.UNPIN, DELETING, NONE);
  }

  private ObjectTransitions() {}

  /**
   * The row for an event in a state.
   *
   * @throws IllegalStateException if there is none
   */
  static Row on(ObjectState state, ObjectEvent event) {
    @Nullable Row row = BY_STATE.getOrDefault(state, Map.of()).get(event);
    if (row == null) {
      throw new IllegalStateException(
          "Event cannot happen in this state: state=" + state + ", event=" + event);
    }
    return row;
  }

  /** All rows, in the order of the states. */
  static List<Row> rows() {
    return List.copyOf(ROWS);
  }

  private static void row(
      ObjectState state, ObjectEvent event, ObjectState next, ObjectAction action) {
    Row row = new Row(state, event, next, action);
    ROWS.add(row);
    BY_STATE.computeIfAbsent(state, key -> new EnumMap<>(ObjectEvent.class)).put(event, row);
  }
}
