package io.mobula.agent.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one loop: a binary heap by deadline, then by order of scheduling, so that runs with
 * the same input fire in the same order. Cancelling removes at once. Owner thread: the loop's.
 */
final class TimerHeap implements Timers {
  /** What {@link #nanosToNext} says when there is no timer. */
  static final long NONE = Long.MAX_VALUE;

  private static final int INITIAL_CAPACITY = 16;

  private final Clock clock;
  private final LoopOwner owner;
  private @Nullable Entry[] heap = new @Nullable Entry[INITIAL_CAPACITY];
  private int size;
  private long nextSequence;

  TimerHeap(Clock clock, LoopOwner owner) {
    this.clock = clock;
    this.owner = owner;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    owner.check();
    long now = clock.nanoTime();
    long deadline = now + Math.clamp(delayNanos, 0, Long.MAX_VALUE / 2);
    Entry entry = new Entry(deadline, nextSequence++, action);
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    size++;
    siftUp(size - 1, entry);
    return entry;
  }

  /** The time left until the first timer, 0 if it is due, {@link #NONE} without one. */
  long nanosToNext(long nowNanos) {
    return size == 0 ? NONE : Math.max(0, at(0).deadlineNanos - nowNanos);
  }

  int size() {
    return size;
  }

  /**
   * Fires what is due, but nothing scheduled meanwhile.
   *
   * @return how many fired
   */
  int fireDue(long nowNanos) {
    long limit = nextSequence;
    int fired = 0;
    while (size > 0) {
      Entry first = at(0);
      if (first.deadlineNanos - nowNanos > 0 || first.sequence >= limit) {
        break;
      }
      remove(first);
      first.action.run();
      fired++;
    }
    return fired;
  }

  private Entry at(int index) {
    Entry entry = heap[index];
    if (entry == null) {
      throw new IllegalStateException("hole in the timer heap: index=" + index + ", size=" + size);
    }
    return entry;
  }

  private void remove(Entry entry) {
    int index = entry.index;
    entry.index = Entry.OUT;
    size--;
    Entry last = at(size);
    heap[size] = null;
    if (last == entry) {
      return;
    }
    siftDown(index, last);
    if (last.index == index) {
      siftUp(index, last);
    }
  }

  private void siftUp(int start, Entry entry) {
    int index = start;
    while (index > 0) {
      int parentIndex = (index - 1) >>> 1;
      Entry parent = at(parentIndex);
      if (!entry.isBefore(parent)) {
        break;
      }
      place(index, parent);
      index = parentIndex;
    }
    place(index, entry);
  }

  private void siftDown(int start, Entry entry) {
    int index = start;
    while (2 * index + 1 < size) {
      int childIndex = 2 * index + 1;
      if (childIndex + 1 < size && at(childIndex + 1).isBefore(at(childIndex))) {
        childIndex++;
      }
      Entry child = at(childIndex);
      if (!child.isBefore(entry)) {
        break;
      }
      place(index, child);
      index = childIndex;
    }
    place(index, entry);
  }

  private void place(int index, Entry entry) {
    heap[index] = entry;
    entry.index = index;
  }

  private final class Entry implements Timer {
    static final int OUT = -1;

    final long deadlineNanos;
    final long sequence;
    final Runnable action;
    int index = OUT;

    Entry(long deadlineNanos, long sequence, Runnable action) {
      this.deadlineNanos = deadlineNanos;
      this.sequence = sequence;
      this.action = action;
    }

    boolean isBefore(Entry other) {
      long difference = deadlineNanos - other.deadlineNanos;
      return difference != 0 ? difference < 0 : sequence < other.sequence;
    }

    @Override
    public void cancel() {
      owner.check();
      if (index != OUT) {
        remove(this);
      }
    }
  }
}
