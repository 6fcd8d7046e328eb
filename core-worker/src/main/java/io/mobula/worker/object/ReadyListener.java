package io.mobula.worker.object;

/** Waits for an object. */
@FunctionalInterface
public interface ReadyListener {
  /**
   * The object's outcome is there. Called once, on the core worker's loop (or at once on the
   * calling thread if it was there already): must not block and must not run user code.
   */
  void onReady(ObjectEntry entry);
}
