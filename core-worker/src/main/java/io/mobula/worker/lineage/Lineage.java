package io.mobula.worker.lineage;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.TaskArgument;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.FreedListener;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The finished tasks of this process whose results lie in stores and may have to be made again.
 * Owner thread: the core worker's loop.
 *
 * <p>A task is kept while its result is referred to, and while another kept task needs the result
 * as an argument, even if the result itself is freed meanwhile: it would be made again first. What
 * can't be made again (a put, a borrowed object, the result of an actor) is retained for the tasks
 * that need it, as in Ray.
 *
 * <p>Bounded by the bytes of the tasks: above the limit the oldest go, down to half of it. What
 * depends on one of those can still be made again as long as that result is there.
 */
public final class Lineage implements FreedListener {
  /** As in Ray. */
  public static final long BYTES_MAX_DEFAULT = 1L << 30;

  private final long bytesMax;
  private final Map<ObjectKey, KeptTask> kept = new LinkedHashMap<>();
  private long bytes;
  private long dropped;

  public Lineage(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  long bytesMax() {
    return bytesMax;
  }

  /** For inspection. */
  public int size() {
    return kept.size();
  }

  /** For inspection. */
  public long bytes() {
    return bytes;
  }

  /** Tasks that went because of the bound. For inspection. */
  public long dropped() {
    return dropped;
  }

  @Nullable KeptTask find(ObjectKey key) {
    return kept.get(key);
  }

  /**
   * Keeps a task whose result is in a store. The task still has all its retains; what is kept here
   * is retained once more.
   *
   * @return what the bound made superfluous: a retain of each is the caller's to take away
   */
  List<ObjectEntry> keep(PendingTask task, SchedulingClass schedulingClass) {
    KeptTask known = kept.get(task.result().key());
    if (known != null) {
      known.setAttempt(task.attempt(), task.excused());
      known.setResultAlive(true);
      return List.of();
    }
    @Nullable ObjectEntry[] entries = task.references();
    @Nullable TaskArgument[] values = new @Nullable TaskArgument[entries.length];
    @Nullable Dependency[] references = new @Nullable Dependency[entries.length];
    for (int i = 0; i < entries.length; i++) {
      ObjectEntry entry = entries[i];
      if (entry == null || isPlainValue(entry)) {
        values[i] = task.arguments()[i];
      } else {
        references[i] = depend(entry);
      }
    }
    List<Dependency> contained = new ArrayList<>(task.contained().size());
    task.contained().forEach(entry -> contained.add(depend(entry)));
    KeptTask fresh = new KeptTask(task, schedulingClass, values, references, contained);
    kept.put(fresh.key(), fresh);
    bytes += fresh.sizeBytes();
    List<ObjectEntry> superfluous = new ArrayList<>(0);
    if (bytes > bytesMax) {
      dropOldest(superfluous);
    }
    return superfluous;
  }

  @Override
  public List<ObjectEntry> onFreed(ObjectKey key) {
    KeptTask task = kept.get(key);
    if (task == null) {
      return List.of();
    }
    task.setResultAlive(false);
    if (task.dependents() > 0) {
      return List.of();
    }
    List<ObjectEntry> superfluous = new ArrayList<>();
    remove(task, superfluous);
    return superfluous;
  }

  /**
   * The task must not run again.
   *
   * @return as {@link #keep}
   */
  List<ObjectEntry> drop(ObjectKey key) {
    KeptTask task = kept.get(key);
    if (task == null) {
      return List.of();
    }
    List<ObjectEntry> superfluous = new ArrayList<>();
    remove(task, superfluous);
    return superfluous;
  }

  /**
   * The node's store has no room: tasks that keep stored objects there which nobody else needs let
   * them go, the older half of them. Their results can't be made again then.
   *
   * @return as {@link #keep}
   */
  public List<ObjectEntry> onStoreFull() {
    List<KeptTask> holding = new ArrayList<>();
    for (KeptTask task : kept.values()) {
      if (task.dependencies().stream().anyMatch(Lineage::isHeldInStore)) {
        holding.add(task);
      }
    }
    List<ObjectEntry> superfluous = new ArrayList<>();
    for (KeptTask task : holding.subList(0, (holding.size() + 1) / 2)) {
      if (kept.get(task.key()) == task) {
        dropped++;
        remove(task, superfluous);
      }
    }
    return superfluous;
  }

  private Dependency depend(ObjectEntry entry) {
    KeptTask task = kept.get(entry.key());
    if (task != null) {
      task.addDependents(1);
      return new Dependency.Remakeable(entry.key());
    }
    entry.retain();
    entry.ownership().addLineageUses(1);
    return new Dependency.Held(entry);
  }

  private void dropOldest(List<ObjectEntry> superfluous) {
    while (bytes > bytesMax / 2) {
      Iterator<KeptTask> oldest = kept.values().iterator();
      if (!oldest.hasNext()) {
        return;
      }
      dropped++;
      remove(oldest.next(), superfluous);
    }
  }

  /** Removes a task, and those that were kept for it alone. */
  private void remove(KeptTask first, List<ObjectEntry> superfluous) {
    ArrayDeque<KeptTask> going = new ArrayDeque<>();
    going.add(first);
    for (KeptTask task = going.poll(); task != null; task = going.poll()) {
      if (!kept.remove(task.key(), task)) {
        continue;
      }
      bytes -= task.sizeBytes();
      for (Dependency dependency : task.dependencies()) {
        switch (dependency) {
          case Dependency.Held held -> {
            held.entry().ownership().addLineageUses(-1);
            superfluous.add(held.entry());
          }
          case Dependency.Remakeable remakeable -> {
            KeptTask needed = kept.get(remakeable.key());
            if (needed != null) {
              needed.addDependents(-1);
              if (needed.dependents() == 0 && !needed.isResultAlive()) {
                going.add(needed);
              }
            }
          }
        }
      }
    }
  }

  private static boolean isPlainValue(ObjectEntry entry) {
    return entry.outcome() instanceof Outcome.Inline && entry.ownership().contained().isEmpty();
  }

  private static boolean isHeldInStore(Dependency dependency) {
    return dependency instanceof Dependency.Held held
        && held.entry().outcome() instanceof Outcome.Stored;
  }
}
