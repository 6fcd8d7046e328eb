package io.mobula.worker.lineage;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.Failure;
import io.mobula.proto.FreeObject;
import io.mobula.proto.Packet;
import io.mobula.worker.failure.LossFailures;
import io.mobula.worker.net.Outbox;
import io.mobula.worker.object.ObjectEntry;
import io.mobula.worker.object.ObjectTable;
import io.mobula.worker.object.Outcome;
import io.mobula.worker.own.References;
import io.mobula.worker.own.Values;
import java.util.List;

/**
 * Objects that the program frees before their last reference goes. Owner thread: the core worker's
 * loop.
 *
 * <p>The owner deletes all copies, forgets the task, and tells the borrowers, who let go of what
 * they know of the value. A borrower tells the owner. All of it is idempotent: what is freed has
 * failed, and a failure stays. Whoever reads the value at the time reads on: the bytes stay until
 * they are released.
 */
public final class ExplicitFree {
  private final Outbox outbox;
  private final ObjectTable table;
  private final References references;
  private final Lineage lineage;
  private final ObjectRecovery recovery;

  public ExplicitFree(
      Outbox outbox,
      ObjectTable table,
      References references,
      Lineage lineage,
      ObjectRecovery recovery) {
    this.outbox = outbox;
    this.table = table;
    this.references = references;
    this.lineage = lineage;
    this.recovery = recovery;
  }

  /** This process's program frees it. */
  public void free(ObjectEntry entry) {
    ObjectKey key = entry.key();
    if (references.isOwned(entry)) {
      freeOwned(entry);
    } else {
      outbox.send(
          key.owner(),
          Packet.newBuilder().setFreeObject(FreeObject.newBuilder().setId(key.toProto())));
      fail(entry, LossFailures.freed(key));
    }
  }

  /** A borrower's program freed it. */
  public void onFreeObject(ObjectKey key) {
    ObjectEntry entry = table.find(key);
    if (entry != null) {
      freeOwned(entry);
    }
  }

  /** The owner says that it was freed. */
  public void onFreed(ObjectKey key, Failure failure) {
    ObjectEntry entry = table.find(key);
    if (entry != null && !references.isOwned(entry)) {
      fail(entry, failure);
    }
  }

  private void freeOwned(ObjectEntry entry) {
    if (entry.outcome() instanceof Outcome.Failed) {
      return;
    }
    ObjectKey key = entry.key();
    Outcome.Failed freed = new Outcome.Failed(LossFailures.freed(key));
    lineage.drop(key).forEach(references::release);
    fail(entry, freed.failure());
    for (long borrower : entry.ownership().borrowers().all()) {
      outbox.send(borrower, Values.answer(key, freed, List.of()));
    }
  }

  private void fail(ObjectEntry entry, Failure failure) {
    if (!entry.tryRetain()) {
      return;
    }
    if (!entry.isReady()) {
      if (references.isOwned(entry)) {
        references.completeOwned(entry, new Outcome.Failed(failure));
      } else {
        entry.complete(new Outcome.Failed(failure));
      }
    } else if (!(entry.outcome() instanceof Outcome.Failed)) {
      recovery.fail(entry, failure);
    }
    references.release(entry);
  }
}
