package io.mobula.gcs.state;

import static io.mobula.gcs.state.ActorAction.*;
import static io.mobula.gcs.state.ActorEvent.*;
import static io.mobula.proto.ActorStage.STAGE_ALIVE;
import static io.mobula.proto.ActorStage.STAGE_CONSTRUCTING;
import static io.mobula.proto.ActorStage.STAGE_DEAD;
import static io.mobula.proto.ActorStage.STAGE_PLACING;
import static io.mobula.proto.ActorStage.STAGE_UNPLACED;

import io.mobula.proto.ActorStage;
import java.util.EnumMap;
import java.util.Map;

/**
 * The life of an actor: stage and event to action. A pair that is not listed can't happen and is an
 * error; events of earlier incarnations and other processes are sorted out before the table is
 * asked.
 *
 * <pre>
 *              +------------- RETRY_PLACEMENT --------------+
 *              v                                            |
 *   UNPLACED --+-- BEGIN_PLACEMENT --&gt; PLACING -------------+
 *      ^                                  | BEGIN_CONSTRUCTION
 *      |                                  v
 *      +------ RESTART_OR_DIE ------ CONSTRUCTING -- BEGIN_LIFE --&gt; ALIVE
 *      +------ RESTART_OR_DIE ----------------------------------------+
 *   from everywhere: DIE, DIE_AND_KILL, and the two above out of attempts --&gt; DEAD
 * </pre>
 */
final class ActorTransitions {
  private static final Map<ActorStage, Map<ActorEvent, ActorAction>> TABLE =
      new EnumMap<>(ActorStage.class);

  static {
    row(STAGE_UNPLACED, ASSIGNED, BEGIN_PLACEMENT);
    row(STAGE_UNPLACED, NOT_PLACED, IGNORE);
    row(STAGE_UNPLACED, KILLED, DIE);
    row(STAGE_UNPLACED, RESTART_ORDERED, IGNORE);
    row(STAGE_UNPLACED, JOB_ENDED, DIE);

    row(STAGE_PLACING, PLACED, BEGIN_CONSTRUCTION);
    row(STAGE_PLACING, NOT_PLACED, RETRY_PLACEMENT);
    row(STAGE_PLACING, PROCESS_LOST, RETRY_PLACEMENT);
    row(STAGE_PLACING, KILLED, DIE);
    row(STAGE_PLACING, RESTART_ORDERED, IGNORE);
    row(STAGE_PLACING, JOB_ENDED, DIE);

    row(STAGE_CONSTRUCTING, PLACED, IGNORE);
    row(STAGE_CONSTRUCTING, CONSTRUCTED, BEGIN_LIFE);
    row(STAGE_CONSTRUCTING, CONSTRUCTION_FAILED, DIE_AND_KILL);
    row(STAGE_CONSTRUCTING, PROCESS_LOST, RESTART_OR_DIE);
    row(STAGE_CONSTRUCTING, KILLED, DIE_AND_KILL);
    row(STAGE_CONSTRUCTING, RESTART_ORDERED, KILL_PROCESS);
    row(STAGE_CONSTRUCTING, EXIT_BEGUN, FORGO_RESTARTS);
    row(STAGE_CONSTRUCTING, EXITING, DIE_AND_KILL);
    row(STAGE_CONSTRUCTING, JOB_ENDED, DIE_AND_KILL);

    row(STAGE_ALIVE, PLACED, IGNORE);
    row(STAGE_ALIVE, CONSTRUCTED, IGNORE);
    row(STAGE_ALIVE, CONSTRUCTION_FAILED, IGNORE);
    row(STAGE_ALIVE, PROCESS_LOST, RESTART_OR_DIE);
    row(STAGE_ALIVE, KILLED, DIE_AND_KILL);
    row(STAGE_ALIVE, RESTART_ORDERED, KILL_PROCESS);
    row(STAGE_ALIVE, EXIT_BEGUN, FORGO_RESTARTS);
    row(STAGE_ALIVE, EXITING, DIE_AND_KILL);
    row(STAGE_ALIVE, JOB_ENDED, DIE_AND_KILL);

    row(STAGE_DEAD, ASSIGNED, IGNORE);
    row(STAGE_DEAD, PLACED, KILL_ORPHAN);
    row(STAGE_DEAD, NOT_PLACED, IGNORE);
    row(STAGE_DEAD, CONSTRUCTED, IGNORE);
    row(STAGE_DEAD, CONSTRUCTION_FAILED, IGNORE);
    row(STAGE_DEAD, KILLED, IGNORE);
    row(STAGE_DEAD, RESTART_ORDERED, IGNORE);
    row(STAGE_DEAD, EXIT_BEGUN, IGNORE);
    row(STAGE_DEAD, EXITING, KILL_PROCESS);
  }

  private ActorTransitions() {}

  /**
   * What to do.
   *
   * @throws IllegalStateException if the pair is not listed
   */
  static ActorAction action(ActorStage stage, ActorEvent event) {
    ActorAction action = TABLE.getOrDefault(stage, Map.of()).get(event);
    if (action == null) {
      throw new IllegalStateException(
          "no such transition of an actor: stage=" + stage + ", event=" + event);
    }
    return action;
  }

  /** The table, for tests and the documentation. */
  static Map<ActorStage, Map<ActorEvent, ActorAction>> table() {
    Map<ActorStage, Map<ActorEvent, ActorAction>> copy = new EnumMap<>(ActorStage.class);
    TABLE.forEach((stage, row) -> copy.put(stage, Map.copyOf(row)));
    return copy;
  }

  private static void row(ActorStage stage, ActorEvent event, ActorAction action) {
    Map<ActorEvent, ActorAction> rows =
        TABLE.computeIfAbsent(stage, ignored -> new EnumMap<>(ActorEvent.class));
    if (rows.put(event, action) != null) {
      throw new IllegalStateException("listed twice: stage=" + stage + ", event=" + event);
    }
  }
}
