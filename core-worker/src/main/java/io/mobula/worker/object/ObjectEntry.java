package io.mobula.worker.object;

import io.mobula.agent.id.ObjectKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One object as this process knows it: its outcome once there is one, and how many things here need
 * it.
 *
 * <h2>How it works</h2>
 *
 * <p>Threads: user threads read the outcome, add listeners and retain; only the loop completes,
 * releases and touches the fields of {@link #ownership()}.
 *
 * <p><b>Outcome</b> goes from absent to present once. <b>Listeners</b> form a Treiber stack whose
 * last state is {@link #CLOSED}: a listener is either on the stack when the loop closes it, and is
 * then called by the loop, or finds it closed and is called by its own thread; never both, never
 * neither.
 *
 * <p><b>Retains</b> count what needs the entry: one for a live {@link ObjectRefHandle}, and one for
 * each pending task that uses it, borrower, enclosing object and view. Anyone who holds one may add
 * another; {@link #tryRetain} is for those who found the entry in the table and hold none. When the
 * loop takes the last one away the count becomes {@link #DEAD} for ever, the table forgets the
 * entry, and a later decode of the same id makes a new one.
 */
public final class ObjectEntry {
  private static final int DEAD = -1;
  private static final Node CLOSED = new Node(entry -> {}, null);

  private static final VarHandle RETAINS;
  private static final VarHandle LISTENERS;
  private static final VarHandle LOCAL_REFERENCE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      RETAINS = lookup.findVarHandle(ObjectEntry.class, "retains", int.class);
      LISTENERS = lookup.findVarHandle(ObjectEntry.class, "listeners", Node.class);
      LOCAL_REFERENCE =
          lookup.findVarHandle(ObjectEntry.class, "localReference", LocalReference.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ObjectKey key;
  private final Ownership ownership = new Ownership();
  private volatile @Nullable Outcome outcome;
  private volatile int retains;
  private volatile @Nullable Node listeners;
  private volatile @Nullable LocalReference localReference;

  private ObjectEntry(ObjectKey key, @Nullable Outcome outcome) {
    this.key = key;
    this.outcome = outcome;
    this.listeners = outcome == null ? null : CLOSED;
    this.retains = 1;
  }

  /** An entry whose outcome is still to come, retained once by the caller. */
  public static ObjectEntry pending(ObjectKey key) {
    return new ObjectEntry(key, null);
  }

  /** An entry that is ready from the start, retained once by the caller. */
  public static ObjectEntry ready(ObjectKey key, Outcome outcome) {
    return new ObjectEntry(key, outcome);
  }

  public ObjectKey key() {
    return key;
  }

  /** What the loop knows of the object's lifetime. Loop only. */
  public Ownership ownership() {
    return ownership;
  }

  /** Any thread. */
  public @Nullable Outcome outcome() {
    return outcome;
  }

  /** Any thread. */
  public boolean isReady() {
    return outcome != null;
  }

  /**
   * Sets the outcome and calls the listeners. Loop only.
   *
   * @return false if there was an outcome already; it stays
   */
  public boolean complete(Outcome result) {
    if (outcome != null) {
      return false;
    }
    outcome = result;
    Node node = (Node) LISTENERS.getAndSet(this, CLOSED);
    for (Node next : inOrder(node)) {
      next.listener.onReady(this);
    }
    return true;
  }

  /**
   * Replaces the outcome of an object that is ready, such as a stored one that was lost. Loop only.
   * Nobody is told: those who asked before have their answer.
   */
  public void replaceOutcome(Outcome result) {
    outcome = result;
  }

  /**
   * Calls the listener when the outcome is there: by the loop later, or here and now. Any thread.
   */
  public void whenReady(ReadyListener listener) {
    while (true) {
      Node head = listeners;
      if (head == CLOSED) {
        listener.onReady(this);
        return;
      }
      if (LISTENERS.compareAndSet(this, head, new Node(listener, head))) {
        return;
      }
    }
  }

  /**
   * Takes a listener off again, such as one whose thread no longer waits; without effect if it is
   * being or was called. Any thread.
   */
  public void forget(ReadyListener listener) {
    while (true) {
      Node head = listeners;
      if (head == null || head == CLOSED) {
        return;
      }
      Node rest = without(head, listener);
      if (rest == head || LISTENERS.compareAndSet(this, head, rest)) {
        return;
      }
    }
  }

  /** Adds a retain. The caller holds one, so the entry lives. Any thread. */
  public void retain() {
    int before = (int) RETAINS.getAndAdd(this, 1);
    if (before <= 0) {
      throw new IllegalStateException("retained after its release: object=" + key);
    }
  }

  /**
   * Adds a retain unless the entry is dead. Any thread.
   *
   * @return false if it is dead: look the key up again
   */
  public boolean tryRetain() {
    while (true) {
      int now = retains;
      if (now <= 0) {
        return false;
      }
      if (RETAINS.compareAndSet(this, now, now + 1)) {
        return true;
      }
    }
  }

  /**
   * Takes a retain away. Loop only.
   *
   * @return true if it was the last: the entry is dead
   */
  public boolean release() {
    while (true) {
      int now = retains;
      if (now <= 0) {
        throw new IllegalStateException("released too often: object=" + key);
      }
      if (RETAINS.compareAndSet(this, now, now == 1 ? DEAD : now - 1)) {
        return now == 1;
      }
    }
  }

  /** For inspection. Any thread. */
  public int retains() {
    return retains;
  }

  /** Whether the program can reach a handle, as far as the collector knows. Any thread. */
  public boolean hasHandle() {
    LocalReference reference = localReference;
    return reference != null && !reference.refersTo(null);
  }

  @Nullable LocalReference localReference() {
    return localReference;
  }

  boolean replaceLocalReference(@Nullable LocalReference expected, LocalReference next) {
    return LOCAL_REFERENCE.compareAndSet(this, expected, next);
  }

  @Override
  public String toString() {
    return "object " + key + " retains=" + retains + " outcome=" + outcome;
  }

  private static List<Node> inOrder(@Nullable Node head) {
    List<Node> nodes = new ArrayList<>();
    for (Node node = head; node != null; node = node.next) {
      nodes.addFirst(node);
    }
    return nodes;
  }

  private static @Nullable Node without(Node head, ReadyListener listener) {
    if (head.listener == listener) {
      return head.next;
    }
    List<Node> kept = new ArrayList<>();
    boolean isFound = false;
    for (Node node = head; node != null; node = node.next) {
      if (node.listener == listener) {
        isFound = true;
      } else {
        kept.add(node);
      }
    }
    if (!isFound) {
      return head;
    }
    Node rest = null;
    for (Node node : kept.reversed()) {
      rest = new Node(node.listener, rest);
    }
    return rest;
  }

  /** A listener on the stack. Immutable. */
  private record Node(ReadyListener listener, @Nullable Node next) {}
}
