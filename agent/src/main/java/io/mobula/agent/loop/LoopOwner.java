package io.mobula.agent.loop;

import org.jspecify.annotations.Nullable;

/**
 * The thread that owns a loop's state. Owner-only methods begin with {@link #check()}.
 *
 * <p>Bound once, before the first event. Any thread may ask.
 */
public final class LoopOwner {
  private volatile @Nullable Thread thread;

  LoopOwner() {}

  /** An owner that is the calling thread, for what was made on its loop. */
  public static LoopOwner ofCurrentThread() {
    LoopOwner owner = new LoopOwner();
    owner.bind();
    return owner;
  }

  /** Whether the calling thread is the owner. */
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Fails on any thread but the owner. */
  public void check() {
    if (!isCurrent()) {
      throw new IllegalStateException(
          "called off its loop: owner=" + thread + ", caller=" + Thread.currentThread());
    }
  }

  void bind() {
    thread = Thread.currentThread();
  }
}
