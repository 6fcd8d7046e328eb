package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;
import io.mobula.store.HeapRange;

/** What {@link PullTable} wants done. */
sealed interface PullAction {

  /** The object. */
  ObjectKey key();

  /** Get memory for it; answered by {@code roomGranted} or {@code roomRefused}. */
  record Reserve(ObjectKey key, long sizeBytes) implements PullAction {}

  /**
   * Transfer a part of it; answered by {@code transferEnded}, always.
   *
   * @param taskAttempt whose copy it must be
   * @param stamp of the copy that it must belong to, or 0 for any
   */
  record Start(
      ObjectKey key,
      int attempt,
      int taskAttempt,
      int node,
      String address,
      long firstByte,
      long lengthBytes,
      long stamp)
      implements PullAction {

    /** The same as an effect, where the object has this memory. */
    ObjectEffect.StartTransfer in(HeapRange object) {
      return new ObjectEffect.StartTransfer(
          key,
          attempt,
          taskAttempt,
          node,
          address,
          new HeapRange(object.offset() + firstByte, lengthBytes),
          object.sizeBytes(),
          firstByte,
          stamp);
    }
  }

  /** End the transfer soon. */
  record Cancel(ObjectKey key, int attempt) implements PullAction {}

  /** It is whole. */
  record Complete(ObjectKey key, long stamp) implements PullAction {}

  /**
   * Only another copy of it is left, with which what has come must not be mixed; answered by {@code
   * startOver} or {@code cannotStartOver}.
   */
  record StartOver(ObjectKey key) implements PullAction {}

  /** Give back its memory, or withdraw the request for it: nobody waits, or others go first. */
  record GiveUp(ObjectKey key) implements PullAction {}

  /** Ask its owner where else it is; may be answered by {@code foundElsewhere}. */
  record AskOwner(ObjectKey key) implements PullAction {}

  /** No node has it that was said to: as {@link GiveUp}, and tell those who wait. */
  record Lose(ObjectKey key, String reason) implements PullAction {}

  /** It is somewhere, out of reach: as {@link GiveUp}, and tell those who wait. */
  record DoWithout(ObjectKey key, String reason) implements PullAction {}
}
