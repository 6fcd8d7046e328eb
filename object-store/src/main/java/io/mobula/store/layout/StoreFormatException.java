package io.mobula.store.layout;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file was opened as a store and is not one that this process can use. */
public final class StoreFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Says that {@code file} cannot be opened because of {@code problem}. */
  public StoreFormatException(String file, String problem, @Nullable Throwable cause) {
    super("Cannot open store " + file + ": " + problem, cause);
  }
}
