package io.mobula.worker.loop;

import io.mobula.worker.execute.Execution;
import io.mobula.worker.execute.LeaseThreads;
import io.mobula.worker.execute.TaskSlots;

/** The threads that run user code, as the loop sees them. Each method returns at once. */
public interface UserSide {
  /** A slot for a lease. */
  TaskSlots.TaskQueue newSlot(long lease);

  /** Runs an actor's constructor; {@link CoreMessage.Constructed} follows. */
  void construct(Execution constructor);

  /** The threads of the actor that was constructed. */
  TaskSlots.TaskQueue newActorQueue(int threads);

  /**
   * Collects garbage, so that references that the program dropped are found.
   *
   * @param isUrgent whether to do so whatever it costs
   */
  void collectGarbage(boolean isUrgent);

  /** The threads of the slots. */
  LeaseThreads leaseThreads();

  /** Lets the threads go. */
  void close();
}
