package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import io.mobula.proto.StoredObject;
import io.mobula.proto.TaskReply;
import io.mobula.store.chunk.ChunkLease;
import io.mobula.store.hold.StoreReader;
import io.mobula.worker.execute.Execution;
import io.mobula.worker.object.MappedObject;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.own.SharedObjects;
import io.mobula.worker.submit.PendingTask;
import io.mobula.worker.submit.SchedulingClass;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What other threads ask of the core worker's loop. */
public sealed interface CoreMessage {
  /** What a program wants done elsewhere: for {@link CallerSide}. */
  sealed interface CallerMessage extends CoreMessage {}

  /** About objects and references to them: for {@link ObjectSide}. */
  sealed interface ObjectMessage extends CoreMessage {}

  /** About tasks and calls that run here: for {@link WorkerSide}. */
  sealed interface WorkMessage extends CoreMessage {}

  /** About the process's part in the cluster: for {@link CoreWorker} itself. */
  sealed interface SessionMessage extends CoreMessage {}

  /** Run this task. */
  record Submit(PendingTask task, SchedulingClass schedulingClass) implements CallerMessage {}

  /** Make this call. */
  record CallActor(ObjectKey actor, String description, PendingTask task)
      implements CallerMessage {}

  /**
   * Create this actor. The task stands for its constructor: it resolves the arguments.
   *
   * @param spec without arguments
   * @param answer gets the default Failure once the GCS knows the actor, else why not; null if
   *     nobody waits
   */
  record CreateActor(ActorSpec spec, PendingTask constructor, @Nullable Rendezvous<Failure> answer)
      implements CallerMessage {}

  /** A user thread needs the object's value. */
  record Want(ObjectEntry entry) implements ObjectMessage {}

  /** A reference to the object was decoded. */
  record Borrow(ObjectEntry entry) implements ObjectMessage {}

  /** A retain that a user thread no longer needs. */
  record Release(ObjectEntry entry) implements ObjectMessage {}

  /** A handle was decoded: follow the actor. */
  record WatchActor(ObjectKey actor, String description) implements CallerMessage {}

  /**
   * A user thread wants to read a stored object.
   *
   * @param room for its bytes; null in a process that has shared memory
   */
  record Fetch(StoredObject object, @Nullable MemorySegment room, SharedObjects.Listener listener)
      implements ObjectMessage {}

  /**
   * A user thread could not get a stored object: all locations that it knew are lost.
   *
   * @param settled run when it is known what became of the object
   */
  record Recover(ObjectEntry entry, StoredObject lost, Runnable settled) implements ObjectMessage {}

  /** The user thread that asked for a recovery no longer waits. */
  record ForgetRecovery(ObjectKey key, Runnable settled) implements ObjectMessage {}

  /** The program frees the object for everybody. */
  record Free(ObjectEntry entry, Rendezvous<Boolean> done) implements ObjectMessage {}

  /**
   * The last use of a mapped object is over.
   *
   * @param isAwaited whether its hold has ended and the raylet waits to be told
   */
  record LetGo(ObjectKey key, MappedObject object, boolean isAwaited) implements ObjectMessage {}

  /** A hold of this process has ended that the raylet waits for. */
  record HoldEnded() implements ObjectMessage {}

  /**
   * A user thread needs room in the store.
   *
   * @param taskAttempt of the task whose result it is; 0 for what is put
   * @param callSite what makes the object, for people; may be empty
   */
  record CreateStored(
      ObjectKey key, long sizeBytes, int taskAttempt, String callSite, Rendezvous<StoreRoom> answer)
      implements ObjectMessage {}

  /** Everything is written. */
  record Seal(ObjectKey key) implements ObjectMessage {}

  /** Nothing more will be written. */
  record Abort(ObjectKey key) implements ObjectMessage {}

  /**
   * An object is in the chunk.
   *
   * @param callSite what makes it, for people; may be empty
   */
  record Chunked(ObjectKey key, String callSite) implements ObjectMessage {}

  /** Room in the chunk will not be used. */
  record ChunkRoomUnused() implements ObjectMessage {}

  /** A thread would start the task or call, whose arguments were let go. */
  record ArgumentsWanted(Execution execution) implements WorkMessage {}

  /** The arguments of a task or call are decoded: it needs them no longer in the store. */
  record ArgumentsRead(Execution execution) implements WorkMessage {}

  /**
   * A task or call that ran here is over; the entries are inside the reply's value, retained once
   * each.
   */
  record Finished(Execution execution, TaskReply reply, List<ObjectEntry> contained)
      implements WorkMessage {}

  /** The lease's running task waits, or goes on. */
  record Blocked(long lease, boolean isBlocked) implements WorkMessage {}

  /** A thread begins to wait, perhaps on behalf of a task that runs on another. */
  record WaitsElsewhere() implements WorkMessage {}

  /** The lease's thread is free. */
  record SlotClosed(long lease) implements WorkMessage {}

  /** The actor's constructor is over; absent failure: it lives. */
  record Constructed(@Nullable Failure failure) implements WorkMessage {}

  /** The actor ends itself. */
  record ActorExit() implements WorkMessage {}

  /**
   * The user threads' side is there: packets may be handled from now on.
   *
   * @param job the job of this process
   * @param reader finds objects in the node's shared memory; null if this process has no hold table
   */
  record Begin(UserSide userSide, int job, @Nullable StoreReader reader)
      implements SessionMessage {}

  /** Send a request and hand over the answer. */
  record Ask(long to, Packet.Builder packet, Rendezvous<Packet> answer) implements SessionMessage {}

  /** Send a packet. */
  record Tell(long to, Packet.Builder packet) implements SessionMessage {}

  /**
   * The session is about to end: fail what is open and end the job, but hear what its workers have
   * still to say.
   *
   * @param isProcessEnding the process ends as well: nothing fails, since nobody will go on
   */
  record EndJob(String reason, boolean isProcessEnding) implements CoreMessage {}

  /** The session ends, since the program wants it: fail what is open and say goodbye. */
  record Close(String reason, Rendezvous<Boolean> done) implements SessionMessage {}

  /**
   * Room for an object in the store.
   *
   * @param offset of its first byte in the store's file; -1 to a process without shared memory
   * @param chunk for further objects; null if there is none
   * @param failure why there is no room
   */
  record StoreRoom(long offset, @Nullable ChunkLease chunk, @Nullable Failure failure) {}
}
