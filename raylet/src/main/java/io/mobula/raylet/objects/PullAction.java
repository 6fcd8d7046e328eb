package io.mobula.raylet.objects;

import io.mobula.agent.id.ObjectKey;

/** What {@link PullTable} wants done. */
sealed interface PullAction {

  /** The object. */
  ObjectKey key();

  /** Get memory for it; answered by {@code roomGranted} or {@code roomRefused}. */
  record Reserve(ObjectKey key, long sizeBytes) implements PullAction {}

  /** Transfer it; answered by {@code transferEnded}, always. */
  record Start(ObjectKey key, int attempt, int node, String address, long firstByte)
      implements PullAction {}

  /** End the transfer soon. */
  record Cancel(ObjectKey key, int attempt) implements PullAction {}

  /** It is whole. */
  record Complete(ObjectKey key) implements PullAction {}

  /** Nobody waits for it: give back its memory, or withdraw the request for it. */
  record GiveUp(ObjectKey key) implements PullAction {}

  /** It can't be had: as {@link GiveUp}, and tell those who wait. */
  record Lose(ObjectKey key, String reason) implements PullAction {}
}
