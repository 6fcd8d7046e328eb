package io.mobula.worker.loop;

import io.mobula.agent.id.ObjectKey;
import io.mobula.agent.loop.Timers;
import io.mobula.proto.CollectGarbage;
import io.mobula.proto.Failure;
import io.mobula.proto.FetchPurpose;
import io.mobula.proto.Packet;
import io.mobula.proto.ProcessDied;
import io.mobula.store.hold.StoreReader;
import io.mobula.worker.lineage.ExplicitFree;
import io.mobula.worker.lineage.Lineage;
import io.mobula.worker.lineage.ObjectRecovery;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.References;
import io.mobula.worker.own.SharedObjects;
import io.mobula.worker.submit.ArgumentResolver;
import io.mobula.worker.submit.PendingTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The machines of objects and the references to them, for all of this process's threads and peers.
 * Owner thread: the loop.
 */
final class ObjectSide {
  private final ObjectTable table;
  private final SharedObjects shared;
  private final References references;
  private final Lineage lineage;
  private final ObjectRecovery recovery;
  private final ExplicitFree explicitFree;
  private final ArgumentResolver resolver;
  private final StoreCreation creation;
  private final ReferenceListing listing;

  /**
   * @param reader finds objects in the node's shared memory; null if this process has no hold table
   * @param resubmit has a task that was over run again, since its result is lost
   */
  ObjectSide(
      ObjectTable table,
      Outbox outbox,
      Timers timers,
      @Nullable StoreReader reader,
      long lineageBytesMax,
      Consumer<PendingTask> resubmit) {
    this.table = table;
    this.shared = new SharedObjects(outbox);
    this.references = new References(table, outbox);
    this.lineage = new Lineage(lineageBytesMax);
    this.recovery = new ObjectRecovery(outbox, table, references, lineage, resubmit);
    this.explicitFree = new ExplicitFree(outbox, table, references, lineage, recovery);
    this.resolver = new ArgumentResolver(references, recovery);
    this.creation = new StoreCreation(outbox);
    this.listing = new ReferenceListing(table, lineage, outbox, timers);
    references.tellWhenFreed(lineage);
    if (reader != null) {
      shared.useReader(reader);
    }
  }

  ObjectTable table() {
    return table;
  }

  SharedObjects shared() {
    return shared;
  }

  References references() {
    return references;
  }

  ObjectRecovery recovery() {
    return recovery;
  }

  ArgumentResolver resolver() {
    return resolver;
  }

  void onMessage(CoreMessage.ObjectMessage message) {
    switch (message) {
      case CoreMessage.Want want -> want(want.entry());
      case CoreMessage.Borrow borrow -> references.borrow(borrow.entry());
      case CoreMessage.Release release -> references.release(release.entry());
      case CoreMessage.Fetch fetch ->
          shared.fetch(fetch.object(), FetchPurpose.GET, fetch.room(), fetch.listener());
      case CoreMessage.Recover recover -> recover(recover);
      case CoreMessage.ForgetRecovery forget -> recovery.forget(forget.key(), forget.settled());
      case CoreMessage.Free free -> {
        explicitFree.free(free.entry());
        free.done().complete(Boolean.TRUE);
      }
      case CoreMessage.HoldEnded _ -> shared.tellHoldEnded();
      case CoreMessage.LetGo gone -> shared.letGo(gone.key(), gone.object(), gone.isAwaited());
      case CoreMessage.CreateStored create -> creation.create(create);
      case CoreMessage.Seal seal -> creation.seal(seal.key());
      case CoreMessage.Abort abort -> creation.abort(abort.key());
      case CoreMessage.Chunked chunked -> creation.chunked(chunked.key(), chunked.callSite());
      case CoreMessage.ChunkRoomUnused _ -> creation.chunkRoomUnused();
    }
  }

  /** Handles what is about objects; returns false for any other packet. */
  boolean onPacket(Packet packet) {
    switch (packet.getBodyCase()) {
      case AWAIT_OBJECT -> {
        if (packet.getAwaitObject().hasLost()) {
          recovery.onAwaitLost(packet);
        } else {
          references.onAwaitObject(packet);
        }
      }
      case ADD_BORROWER -> references.onAddBorrower(packet);
      case REMOVE_BORROWER -> references.onRemoveBorrower(packet);
      case LOCATION_ADDED ->
          references.onLocationAdded(
              ObjectKey.of(packet.getLocationAdded().getId()),
              packet.getLocationAdded().getRaylet(),
              packet.getLocationAdded().getPrimary(),
              packet.getLocationAdded().getAttempt());
      case LOCATION_REMOVED ->
          references.onLocationRemoved(
              ObjectKey.of(packet.getLocationRemoved().getId()),
              packet.getLocationRemoved().getRaylet(),
              packet.getLocationRemoved().getAttempt());
      case FREE_OBJECT -> explicitFree.onFreeObject(ObjectKey.of(packet.getFreeObject().getId()));
      case OBJECT_VALUE ->
          // Nobody asked for it: the owner has freed the object.
          explicitFree.onFreed(
              ObjectKey.of(packet.getObjectValue().getId()), packet.getObjectValue().getFailure());
      case OBJECT_PIECE -> shared.onPiece(packet.getObjectPiece());
      case GET_REFERENCES -> listing.onGetReferences(packet);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The store needs room: kept tasks go, too, if it is urgent. */
  void onCollectGarbage(CollectGarbage order) {
    if (order.getUrgent()) {
      lineage.onStoreFull().forEach(references::release);
    }
  }

  /** Winds up what this process had to do with another one. */
  void onProcessDied(ProcessDied death, boolean isGivenUp) {
    shared.onProcessDied(death.getAddress(), death.getReason());
    if (isGivenUp) {
      references.onGivenUp(death.getAddress(), death.getReason());
    } else {
      references.onProcessDied(death.getAddress(), death.getReason());
    }
  }

  /** The end of a turn: tells whom it concerns. */
  void flush() {
    recovery.decide();
    references.flush();
    creation.flush();
  }

  /** Lets go of what the program can't reach any more. */
  void releaseUnreachable() {
    for (ObjectEntry entry = table.pollUnreachable();
        entry != null;
        entry = table.pollUnreachable()) {
      references.release(entry);
    }
  }

  /** Whoever waits for an object is told that it will not come. */
  void failAll(Failure failure) {
    shared.failAll(failure);
    recovery.failAll(failure);
    Outcome outcome = new Outcome.Failed(failure);
    for (ObjectEntry entry : table.entries()) {
      entry.complete(outcome);
    }
  }

  /** Answers what a user thread wants of a cluster that is not there any more. */
  void refuse(CoreMessage.ObjectMessage message, Failure failure) {
    switch (message) {
      case CoreMessage.Want want -> {
        want.entry().complete(new Outcome.Failed(failure));
        references.release(want.entry());
      }
      case CoreMessage.Borrow borrow -> borrow.entry().complete(new Outcome.Failed(failure));
      case CoreMessage.Release release -> references.release(release.entry());
      case CoreMessage.Fetch fetch -> fetch.listener().onFailed(failure);
      case CoreMessage.Recover recover -> recover.settled().run();
      case CoreMessage.Free free -> free.done().end(failure);
      case CoreMessage.CreateStored create ->
          create.answer().complete(new CoreMessage.StoreRoom(-1, null, failure));
      case CoreMessage.LetGo gone -> shared.letGo(gone.key(), gone.object(), gone.isAwaited());
      case CoreMessage.ForgetRecovery _,
          CoreMessage.HoldEnded _,
          CoreMessage.Seal _,
          CoreMessage.Abort _,
          CoreMessage.Chunked _,
          CoreMessage.ChunkRoomUnused _ -> {
        // There is nobody to tell.
      }
    }
  }

  private void want(ObjectEntry entry) {
    references.borrow(entry);
    references.await(entry);
    references.release(entry);
  }

  private void recover(CoreMessage.Recover recover) {
    // The asking thread keeps the entry until it is told; what it no longer waits for may be gone.
    if (recover.entry().tryRetain()) {
      recovery.recover(recover.entry(), recover.lost(), recover.settled());
      references.release(recover.entry());
    } else {
      recover.settled().run();
    }
  }
}
