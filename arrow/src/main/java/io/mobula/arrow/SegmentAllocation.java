package io.mobula.arrow;

import java.lang.foreign.MemorySegment;
import org.apache.arrow.memory.ForeignAllocation;

/**
 * A segment's memory as Arrow's. It is reachable from every buffer over that memory, and keeps the
 * segment reachable, even after the last buffer is closed: so no reader that has lost a race with
 * closing can see the memory go. Whoever provided the segment notices when that is over.
 */
final class SegmentAllocation extends ForeignAllocation {
  @SuppressWarnings({"unused", "UnusedVariable"}) // Holding it is all that is wanted.
  private final MemorySegment segment;

  SegmentAllocation(MemorySegment segment) {
    super(segment.byteSize(), segment.address());
    this.segment = segment;
  }

  @Override
  protected void release0() {}
}
