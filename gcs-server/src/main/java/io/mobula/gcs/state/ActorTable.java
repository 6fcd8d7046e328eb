package io.mobula.gcs.state;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.ActorPhase;
import io.mobula.proto.ActorRecord;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.ActorStage;
import io.mobula.proto.ActorState;
import io.mobula.proto.GcsSnapshot;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Actors by id, with their names, their processes and the queue of those that wait for a node.
 *
 * <p>Invariants: a name belongs to one living actor at most; a process belongs to one living actor
 * at most; the queue holds exactly the actors that are UNPLACED.
 */
public final class ActorTable {
  private final HistoryTable<ObjectKey, ActorRecord> actors;
  private final Map<ActorName, ObjectKey> names = new HashMap<>();
  private final Map<Long, ObjectKey> byWorker = new HashMap<>();
  private final Set<ObjectKey> unplaced = new LinkedHashSet<>();

  ActorTable(StateLimits limits) {
    actors = new HistoryTable<>(limits.historyCountMax());
  }

  /** Actors that live or will, in the order of their registration. */
  public Collection<ActorRecord> living() {
    return actors.living();
  }

  /** The remembered dead, then the living. */
  public List<ActorRecord> all() {
    return actors.all();
  }

  /** An actor that lives, or is remembered. */
  public Optional<ActorRecord> find(ObjectKey id) {
    return Optional.ofNullable(actors.find(id));
  }

  /** The living actor of that name. */
  public Optional<ActorRecord> findByName(String namespace, String name) {
    return findByName(new ActorName(namespace, name));
  }

  /** Those that wait for a node, the longest waiting first. */
  public Set<ObjectKey> unplaced() {
    return Collections.unmodifiableSet(unplaced);
  }

  /** What subscribers see of an actor. */
  public static ActorState view(ActorRecord actor) {
    ActorSpec spec = actor.getSpec();
    ActorState.Builder view =
        ActorState.newBuilder()
            .setId(spec.getId())
            .setPhase(phase(actor))
            .setIncarnation(actor.getIncarnation())
            .setJob(spec.getJob())
            .setClassName(spec.getClassName())
            .setName(spec.getName())
            .setNamespace(spec.getNamespace())
            .setRestarts(actor.getRestarts())
            .setPid(actor.getPid())
            .setMaxTaskRetries(spec.getMaxTaskRetries());
    if (actor.getStage() == ActorStage.STAGE_ALIVE) {
      view.setWorker(actor.getWorker());
    }
    if (actor.hasDeathCause()) {
      view.setDeathCause(actor.getDeathCause());
    }
    return view.build();
  }

  Optional<ActorRecord> findByName(ActorName name) {
    ObjectKey id = names.get(name);
    return id == null ? Optional.empty() : find(id);
  }

  Optional<ActorRecord> findByWorker(long worker) {
    ObjectKey id = byWorker.get(worker);
    return id == null ? Optional.empty() : find(id);
  }

  int livingCount() {
    return actors.livingCount();
  }

  /** Adds an actor or replaces what is known of it; the indexes follow. */
  void put(ActorRecord actor) {
    ObjectKey id = ObjectKey.of(actor.getSpec().getId());
    ActorRecord old = actors.living(id);
    if (old != null && old.getWorker() != 0) {
      byWorker.remove(old.getWorker());
    }
    ActorName name = ActorName.of(actor.getSpec());
    if (actor.getStage() == ActorStage.STAGE_DEAD) {
      names.remove(name, id);
      unplaced.remove(id);
      actors.bury(id, actor);
      return;
    }
    actors.put(id, actor);
    if (!name.isAnonymous()) {
      names.put(name, id);
    }
    if (actor.getWorker() != 0) {
      byWorker.put(actor.getWorker(), id);
    }
    if (actor.getStage() == ActorStage.STAGE_UNPLACED) {
      unplaced.add(id);
    } else {
      unplaced.remove(id);
    }
  }

  void save(GcsSnapshot.Builder snapshot) {
    snapshot.addAllActors(actors.all());
  }

  void restore(GcsSnapshot snapshot) {
    snapshot.getActorsList().forEach(this::put);
  }

  private static ActorPhase phase(ActorRecord actor) {
    return switch (actor.getStage()) {
      case STAGE_ALIVE -> ActorPhase.ALIVE;
      case STAGE_DEAD -> ActorPhase.DEAD;
      case STAGE_UNPLACED, STAGE_PLACING, STAGE_CONSTRUCTING ->
          actor.getRestarts() == 0 ? ActorPhase.PENDING : ActorPhase.RESTARTING;
      case ACTOR_STAGE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalStateException("actor without a stage: " + actor.getSpec().getId());
    };
  }
}
