package io.mobula.worker.own;

/**
 * Runs an action after it was counted down to zero; at once if it starts there. Owner thread: the
 * loop's.
 */
public final class Countdown {
  private final Runnable action;
  private int left;

  public Countdown(int count, Runnable action) {
    this.action = action;
    this.left = count;
    if (count == 0) {
      action.run();
    }
  }

  public void down() {
    if (--left == 0) {
      action.run();
    }
  }
}
