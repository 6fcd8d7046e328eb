package io.mobula.examples.census;

import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import io.mobula.api.Task4;
import io.mobula.api.Task6;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** What runs on the workers. */
final class CensusTasks {
  /** How many parts a merging task takes: as many as a task has arguments. */
  static final int MERGE_WIDTH = 6;

  static final Task4<MemorySegment, Integer, Integer, ActorHandle<Progress>, Part> COUNT =
      Mobula.task(CensusTasks::count);
  static final Task6<Part, Part, Part, Part, Part, Part, Part> MERGE =
      Mobula.task(CensusTasks::merge);

  private CensusTasks() {}

  /**
   * Counts a chunk. The table is read where it lies in shared memory; the class files are read
   * here, by name.
   */
  @Remote
  static Part count(MemorySegment memory, int from, int to, ActorHandle<Progress> progress)
      throws IOException {
    Census census = CensusCounter.count(ClassTable.of(memory), from, to);
    progress.call(Progress::add, new Progress.Step(1, to - from, census.total().instructions()));
    return new Part(census, Map.of(Mobula.context().nodeId(), 1));
  }

  /** Adds up. The parts come from where they were made; the driver never sees them. */
  @Remote
  static Part merge(Part a, Part b, Part c, Part d, Part e, Part f) {
    return Part.merge(List.of(a, b, c, d, e, f));
  }
}
