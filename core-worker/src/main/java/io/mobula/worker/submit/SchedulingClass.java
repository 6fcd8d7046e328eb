package io.mobula.worker.submit;

import io.mobula.proto.Isolation;
import io.mobula.proto.Resources;

/** What tasks must have in common to share leases. */
public record SchedulingClass(Resources resources, Isolation isolation) {
  /** The same in a process of its own. */
  SchedulingClass alone() {
    return new SchedulingClass(resources, Isolation.PROCESS);
  }
}
