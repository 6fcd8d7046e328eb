package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.proto.Failure;
import io.mobula.proto.Packet;
import io.mobula.raylet.transfer.SourceReport;
import io.mobula.store.HeapRange;
import io.mobula.store.spill.SpillBatch;
import io.mobula.store.spill.SpillCompaction;
import io.mobula.store.spill.SpillFile;
import io.mobula.store.spill.SpillSlot;

/** What {@link NodeObjectTable} wants done, in this order. */
sealed interface ObjectEffect {

  /** Send the packet. */
  record Send(long to, Packet packet) implements ObjectEffect {}

  /** Send the object, which the client holds, in chunks; answered by {@code streamEnded}. */
  record Stream(long client, long correlation, ObjectKey key, HeapRange range)
      implements ObjectEffect {}

  /** Give the extent memory; answered by {@code populated}. */
  record Populate(HeapRange extent) implements ObjectEffect {}

  /**
   * Pull a part of an object into the range; answered by {@code transferEnded}, always.
   *
   * @param taskAttempt whose copy it must be
   * @param node the source
   * @param objectBytes size of the whole object
   * @param firstByte where in the object the part begins
   * @param stamp of the copy that it must belong to, or 0 for any
   */
  record StartTransfer(
      ObjectKey key,
      int attempt,
      int taskAttempt,
      int node,
      String address,
      HeapRange destination,
      long objectBytes,
      long firstByte,
      long stamp)
      implements ObjectEffect {}

  /** End the transfer soon. */
  record CancelTransfer(ObjectKey key, int attempt) implements ObjectEffect {}

  /** Another node may read the range, the part that it wants, until {@code closeServe}. */
  record Serve(long ticket, HeapRange range, SourceReport report) implements ObjectEffect {}

  /** Another node can't have the part now, but perhaps later; {@code closeServe} follows. */
  record ServeLater(long ticket, SourceReport report) implements ObjectEffect {}

  /** Another node can't have the object from here. */
  record RefuseServe(long ticket, Failure failure) implements ObjectEffect {}

  /** Write the objects to a file; answered by {@code spilled}, always. */
  record Spill(SpillBatch batch) implements ObjectEffect {}

  /** Read the object from its file into the range; answered by {@code restored}, always. */
  record Restore(SpillSlot slot, HeapRange destination) implements ObjectEffect {}

  /** Write the objects of a file to a new one; answered by {@code compacted}, always. */
  record CompactSpill(SpillCompaction compaction) implements ObjectEffect {}

  /** Delete the file; answered by {@code spillDeleted} unless it can't be deleted. */
  record DeleteSpill(SpillFile file) implements ObjectEffect {}

  /** Tell people. */
  record Warn(String message) implements ObjectEffect {}
}
