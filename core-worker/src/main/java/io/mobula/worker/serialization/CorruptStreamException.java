package io.mobula.worker.serialization;

import java.io.StreamCorruptedException;

/** Bytes that no encoder wrote. Checked, so that code of the JDK under a hook lets it through. */
final class CorruptStreamException extends StreamCorruptedException {
  private static final long serialVersionUID = 1L;

  CorruptStreamException(String what) {
    super(what);
  }
}
