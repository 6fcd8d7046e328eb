package io.mobula.worker.submit;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskArgument;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.LostObjects;
import io.mobula.worker.own.References;
import io.mobula.worker.own.Values;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the objects that a task takes as arguments and puts their values (or places) into the
 * task. Owner thread: the core worker's loop.
 */
public final class ArgumentResolver {
  private final References references;
  private final LostObjects lostObjects;

  /**
   * @param lostObjects has those made again whose copies are lost
   */
  public ArgumentResolver(References references, LostObjects lostObjects) {
    this.references = references;
    this.lostObjects = lostObjects;
  }

  /**
   * Calls {@code ready} once every argument is there, or {@code failed} with the outcome of the
   * first that failed; one of them, once, perhaps before this method returns.
   */
  public void resolve(PendingTask task, Consumer<PendingTask> ready, FailedArgument failed) {
    task.beginUse();
    @Nullable ObjectEntry[] entries = task.references();
    int waiting = 0;
    for (ObjectEntry entry : entries) {
      if (entry != null) {
        waiting++;
      }
    }
    task.setUnresolved(waiting);
    if (waiting == 0) {
      ready.accept(task);
      return;
    }
    for (int i = 0; i < entries.length; i++) {
      ObjectEntry entry = entries[i];
      if (entry != null) {
        int position = i;
        references.borrow(entry);
        references.await(entry);
        entry.whenReady(arrived -> onReady(task, position, arrived, ready, failed));
      }
    }
  }

  /**
   * A worker could not get these arguments of a resolved task: as {@link #resolve}, for them alone.
   */
  public void resolveLost(
      PendingTask task,
      List<StoredObject> lost,
      Consumer<PendingTask> ready,
      FailedArgument failed) {
    Map<ObjectKey, StoredObject> lostByKey = new HashMap<>();
    lost.forEach(object -> lostByKey.put(ObjectKey.of(object.getId()), object));
    Map<Integer, ObjectEntry> affected = new LinkedHashMap<>();
    @Nullable ObjectEntry[] entries = task.references();
    for (int i = 0; i < entries.length; i++) {
      ObjectEntry entry = entries[i];
      if (entry != null && lostByKey.containsKey(entry.key())) {
        affected.put(i, entry);
      }
    }
    task.setUnresolved(affected.size());
    if (affected.isEmpty()) {
      ready.accept(task);
      return;
    }
    affected.forEach((position, entry) ->
        lostObjects.recover(
            entry,
            lostByKey.getOrDefault(entry.key(), StoredObject.getDefaultInstance()),
            () -> onReady(task, position, entry, ready, failed)));
  }

  /** The task is over: lets go of everything it kept. */
  public void release(PendingTask task) {
    task.endUse();
    // What it still waits for comes to nobody.
    task.setUnresolved(-1);
    @Nullable ObjectEntry[] entries = task.references();
    for (int i = 0; i < entries.length; i++) {
      ObjectEntry entry = entries[i];
      if (entry != null) {
        entries[i] = null;
        references.release(entry);
      }
    }
    releaseAll(task.contained());
    releaseAll(task.inside());
    references.release(task.result());
  }

  private void releaseAll(List<ObjectEntry> kept) {
    List<ObjectEntry> all = List.copyOf(kept);
    kept.clear();
    all.forEach(references::release);
  }

  private void onReady(
      PendingTask task,
      int position,
      ObjectEntry entry,
      Consumer<PendingTask> ready,
      FailedArgument failed) {
    if (task.unresolved() <= 0) {
      return;
    }
    switch (entry.outcome()) {
      case Outcome.Inline inline ->
          task.arguments()[position] =
              TaskArgument.newBuilder()
                  .setValue(Values.encoded(inline, entry.ownership().contained()))
                  .build();
      case Outcome.Stored stored when stored.object().getLocationsCount() == 0 -> {
        lostObjects.recover(
            entry, stored.object(), () -> onReady(task, position, entry, ready, failed));
        return;
      }
      case Outcome.Stored stored ->
          task.arguments()[position] = TaskArgument.newBuilder().setStored(stored.object()).build();
      case Outcome.Failed failure -> {
        task.setUnresolved(-1);
        failed.accept(task, failure);
        return;
      }
      case null -> throw new IllegalStateException("ready without outcome: " + entry);
    }
    for (ObjectEntry inner : entry.ownership().contained()) {
      inner.retain();
      task.inside().add(inner);
    }
    task.setUnresolved(task.unresolved() - 1);
    if (task.unresolved() == 0) {
      ready.accept(task);
    }
  }

  /** Gets a task whose argument failed, and how. */
  @FunctionalInterface
  public interface FailedArgument {
    void accept(PendingTask task, Outcome.Failed failure);
  }
}
