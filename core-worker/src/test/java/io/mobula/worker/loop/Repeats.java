package io.mobula.worker.loop;

import io.mobula.proto.Packet;

/** Which packets claim that a second one does nothing, and which may come in another order. */
final class Repeats {
  private Repeats() {}

  static boolean mayBeRepeated(Packet packet) {
    return switch (packet.getBodyCase()) {
      case ADD_BORROWER,
          BORROWER_ADDED,
          REMOVE_BORROWER,
          AWAIT_OBJECT,
          OBJECT_VALUE,
          TASK_REPLIES,
          REFERENCES_RECEIVED,
          PROCESS_DIED ->
          true;
      default -> false;
    };
  }

  static boolean mayBeOvertaken(Packet packet) {
    return switch (packet.getBodyCase()) {
      case ADD_BORROWER,
          BORROWER_ADDED,
          REMOVE_BORROWER,
          AWAIT_OBJECT,
          OBJECT_VALUE,
          REFERENCES_RECEIVED ->
          true;
      default -> false;
    };
  }
}
