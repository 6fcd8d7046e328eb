package io.mobula.testkit.hostile;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.function.Supplier;

/** Values that can't be sent, or can't be received. */
final class MeanValues {
  private MeanValues() {}

  /** Refused, or failing, where they are encoded. */
  static final List<Supplier<Object>> NOT_SENT =
      List.of(
          Thread::currentThread,
          () -> List.of(1, Thread.currentThread()),
          Unwritable::new,
          OutOfHeap::new,
          () -> new Accessor(1),
          () -> Runtime.getRuntime());

  /** Encoded well, and failing where they are decoded. */
  static final List<Supplier<Object>> NOT_RECEIVED = List.of(Unreadable::new, BadMemory::new);

  /** Throws when it is encoded. */
  static final class Unwritable implements Serializable {
    private static final long serialVersionUID = 1L;

    private void writeObject(ObjectOutputStream out) throws IOException {
      throw new IOException("not written");
    }
  }

  /** Throws an Error when it is encoded. */
  static final class OutOfHeap implements Serializable {
    private static final long serialVersionUID = 1L;

    private void writeObject(ObjectOutputStream out) {
      throw new StackOverflowError("said by the program while encoding");
    }
  }

  /** A record whose accessor throws; one that reads fields does not mind. */
  record Accessor(int x) {
    @Override
    public int x() {
      throw new IllegalStateException("no x");
    }
  }

  /** Throws when it is decoded. */
  static final class Unreadable implements Serializable {
    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) throws IOException {
      throw new IOException("not read");
    }
  }

  /** Throws an Error when it is decoded. */
  static final class BadMemory implements Serializable {
    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) {
      throw new AssertionError("not read");
    }
  }
}
