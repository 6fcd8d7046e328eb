package io.mobula.examples.census;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The driver's side: submits all tasks at once and waits for the last. */
final class CensusJob {
  private static final Duration POLL = Duration.ofMillis(200);

  private final ClassTable table;
  private final int chunkClasses;

  CensusJob(ClassTable table, int chunkClasses) {
    this.table = table;
    this.chunkClasses = chunkClasses;
  }

  int chunkCount() {
    return Math.ceilDiv(table.classCount(), chunkClasses);
  }

  /**
   * Runs on the cluster of this process's session.
   *
   * @param onProgress is told now and then how far it is
   */
  Part run(Consumer<Progress.Step> onProgress) {
    ActorHandle<Progress> progress = Mobula.actor(Progress::new).remote();
    List<ObjectRef<Part>> result = List.of(submit(progress));
    boolean isDone = false;
    while (!isDone) {
      isDone = !Mobula.wait(result, 1, POLL).ready().isEmpty();
      onProgress.accept(progress.call(Progress::done).get());
    }
    Part part = result.getFirst().get();
    progress.kill();
    return part;
  }

  private ObjectRef<Part> submit(ActorHandle<Progress> progress) {
    ObjectRef<MemorySegment> shared = Mobula.put(table.memory());
    List<ObjectRef<Part>> parts = new ArrayList<>();
    for (int from = 0; from < table.classCount(); from += chunkClasses) {
      int to = Math.min(table.classCount(), from + chunkClasses);
      parts.add(CensusTasks.COUNT.remote(shared, from, to, progress));
    }
    ObjectRef<Part> empty = Mobula.put(Part.EMPTY);
    List<ObjectRef<Part>> level = parts;
    while (level.size() > 1) {
      level = merge(level, empty);
    }
    return level.getFirst();
  }

  /** One level of the tree: refs in, refs out; no value passes through here. */
  private static List<ObjectRef<Part>> merge(List<ObjectRef<Part>> parts, ObjectRef<Part> empty) {
    List<ObjectRef<Part>> merged = new ArrayList<>();
    for (int from = 0; from < parts.size(); from += CensusTasks.MERGE_WIDTH) {
      int to = Math.min(parts.size(), from + CensusTasks.MERGE_WIDTH);
      List<ObjectRef<Part>> group = new ArrayList<>(parts.subList(from, to));
      while (group.size() < CensusTasks.MERGE_WIDTH) {
        group.add(empty);
      }
      merged.add(
          CensusTasks.MERGE.remote(
              group.get(0), group.get(1), group.get(2), group.get(3), group.get(4), group.get(5)));
    }
    return merged;
  }
}
