package io.mobula.raylet.objects;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Finds processes of this machine by number. */
@FunctionalInterface
public interface ProcessFinder {

  /**
   * Finds a process that lives now.
   *
   * @return whether that process, and no later one with its number, still lives; or null if there
   *     is none that this process can see
   */
  @Nullable BooleanSupplier find(long pid);
}
