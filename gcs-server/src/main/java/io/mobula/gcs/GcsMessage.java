package io.mobula.gcs;

/** What the mailbox of the GCS takes. Packets come by links instead. */
sealed interface GcsMessage {
  /** End, in order. */
  record Stop(String reason) implements GcsMessage {}
}
