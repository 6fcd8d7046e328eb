package io.mobula.store.table;

/** What the table does about an event, besides changing the state. */
enum ObjectAction {
  /** Nothing; the request is refused or has no effect, and the reply says which. */
  NONE,
  /** Enter the object under its key. */
  ENTER,
  /** The writer is done; readers may come. */
  PUBLISH,
  /** Count a hold. */
  ADD_HOLD,
  /** Count a hold less. */
  DROP_HOLD,
  /** Set the pin. */
  SET_PIN,
  /** Clear the pin. */
  CLEAR_PIN,
  /** Free the memory and forget the object. */
  FREE
}
