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
   * @param stamp of the copy that it must belong to, or 0 for any
   */
  record Start(
      ObjectKey key,
      int attempt,
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

  /** Nobody waits for it: give back its memory, or withdraw the request for it. */
  record GiveUp(ObjectKey key) implements PullAction {}

  /** It can't be had: as {@link GiveUp}, and tell those who wait. */
  record Lose(ObjectKey key, String reason) implements PullAction {}
}
