package io.mobula.worker.user;

import io.mobula.api.ObjectRef;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What user code may do wherever it runs: throw anything, of any class. */
enum Misbehaviour {
  EXCEPTION {
    @Override
    Throwable thrown() {
      return new IllegalStateException("plain");
    }
  },
  CHECKED {
    @Override
    Throwable thrown() {
      return new IOException("checked");
    }
  },
  NO_MESSAGE {
    @Override
    Throwable thrown() {
      return new Exception();
    }
  },
  ERROR {
    @Override
    Throwable thrown() {
      return new Error("an error");
    }
  },
  ASSERTION {
    @Override
    Throwable thrown() {
      return new AssertionError("asserted");
    }
  },
  NO_CLASS {
    @Override
    Throwable thrown() {
      return new NoClassDefFoundError("com/example/Absent");
    }
  },
  LINKAGE {
    @Override
    Throwable thrown() {
      return new IncompatibleClassChangeError("changed");
    }
  },
  INITIALIZER {
    @Override
    Throwable thrown() {
      return new ExceptionInInitializerError(new Hostile(Does.THROW_IN_TO_STRING));
    }
  },
  INTERRUPT {
    @Override
    Throwable thrown() {
      Thread.currentThread().interrupt();
      return new InterruptedException("interrupted");
    }
  },
  DEEP_RECURSION {
    @Override
    Throwable thrown() {
      return new Error(String.valueOf(recurse(0)));
    }

    private int recurse(int depth) {
      return depth < 0 ? 0 : recurse(depth + 1) + depth;
    }
  },
  LARGE_ALLOCATION {
    @Override
    Throwable thrown() {
      long[][] all = new long[8][];
      for (int i = 0; i < all.length; i++) {
        all[i] = new long[Integer.MAX_VALUE - 16];
      }
      return new Error("that large a heap: " + all.length);
    }
  },
  EXIT {
    @Override
    Throwable thrown() {
      return new TaskRunner.ExitRequest();
    }
  },
  THROWS_IN_GET_MESSAGE {
    @Override
    Throwable thrown() {
      return new Hostile(Does.THROW_IN_GET_MESSAGE);
    }
  },
  THROWS_IN_TO_STRING {
    @Override
    Throwable thrown() {
      return new Hostile(Does.THROW_IN_TO_STRING);
    }
  },
  RETURNS_NULL {
    @Override
    Throwable thrown() {
      return new Hostile(Does.RETURN_NULL);
    }
  },
  RECURSES_FOR_EVER {
    @Override
    Throwable thrown() {
      return new Hostile(Does.RECURSE);
    }
  },
  THROWS_EVERYWHERE {
    @Override
    Throwable thrown() {
      return new Hostile(Does.THROW_EVERYWHERE);
    }
  },
  PRINTS_FOR_EVER {
    @Override
    Throwable thrown() {
      return new Hostile(Does.PRINT_FOR_EVER);
    }
  },
  IS_ITS_OWN_CAUSE {
    @Override
    Throwable thrown() {
      return new Hostile(Does.CAUSE_ITSELF);
    }
  },
  HAS_NEW_CAUSES_FOR_EVER {
    @Override
    Throwable thrown() {
      return new Hostile(Does.CAUSE_ANOTHER);
    }
  },
  FAILS_TO_BE_WRITTEN {
    @Override
    Throwable thrown() {
      return new Hostile(Does.FAIL_WHEN_WRITTEN);
    }
  },
  CYCLE_OF_CAUSES {
    @Override
    Throwable thrown() {
      Exception inner = new Exception("inner");
      Exception outer = new Exception("outer", inner);
      inner.initCause(outer);
      return outer;
    }
  },
  UNTOLD {
    @Override
    Throwable thrown() {
      return new Untold();
    }
  },
  HOLDS_A_THREAD {
    @Override
    Throwable thrown() {
      return new Holding(Thread.currentThread());
    }
  },
  HOLDS_A_LAMBDA {
    @Override
    Throwable thrown() {
      return new Holding((Runnable) () -> {});
    }
  },
  HOLDS_MUCH {
    @Override
    Throwable thrown() {
      return new Holding(new byte[64 << 20]);
    }
  },
  HOLDS_A_REF_OF_ANOTHER_SESSION {
    @Override
    Throwable thrown() {
      return new Holding(STALE_REF.get());
    }
  },
  SAYS_MUCH {
    @Override
    Throwable thrown() {
      return new IllegalStateException("x".repeat(20 << 20));
    }
  },
  SUPPRESSES_THOUSANDS {
    @Override
    Throwable thrown() {
      Exception all = new Exception("all");
      for (int i = 0; i < 5_000; i++) {
        all.addSuppressed(new Exception("suppressed " + i));
      }
      return all;
    }
  };

  /** Set by the test. */
  static final AtomicReference<@Nullable ObjectRef<?>> STALE_REF = new AtomicReference<>();

  abstract Throwable thrown();

  /** Never returns. */
  int act() {
    throw Misbehaviour.<RuntimeException>unchecked(thrown());
  }

  @SuppressWarnings("unchecked") // The compiler is deceived on purpose.
  private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private enum Does {
    THROW_IN_GET_MESSAGE,
    THROW_IN_TO_STRING,
    RETURN_NULL,
    RECURSE,
    THROW_EVERYWHERE,
    PRINT_FOR_EVER,
    CAUSE_ITSELF,
    CAUSE_ANOTHER,
    FAIL_WHEN_WRITTEN
  }

  /** An exception whose every method may misbehave. */
  private static final class Hostile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Does does;

    Hostile(Does does) {
      super("hostile");
      this.does = does;
    }

    @Override
    public @Nullable String getMessage() {
      return switch (does) {
        case THROW_IN_GET_MESSAGE, THROW_EVERYWHERE -> throw new Hostile(does);
        case RETURN_NULL -> null;
        case RECURSE -> getMessage() + " again";
        default -> super.getMessage();
      };
    }

    @Override
    @SuppressWarnings("NullAway") // That is the fault.
    public String toString() {
      return switch (does) {
        case THROW_IN_TO_STRING, THROW_EVERYWHERE -> throw new AssertionError("toString");
        case RETURN_NULL -> null;
        default -> super.toString();
      };
    }

    @Override
    public synchronized @Nullable Throwable getCause() {
      return switch (does) {
        case THROW_EVERYWHERE -> throw new StackOverflowError("getCause");
        case CAUSE_ITSELF -> this;
        case CAUSE_ANOTHER -> new Hostile(does);
        default -> super.getCause();
      };
    }

    @Override
    @SuppressWarnings("NullAway") // That is the fault.
    public StackTraceElement[] getStackTrace() {
      return switch (does) {
        case THROW_EVERYWHERE -> throw new LinkageError("getStackTrace");
        case RETURN_NULL -> null;
        default -> super.getStackTrace();
      };
    }

    @Override
    public void printStackTrace(PrintWriter writer) {
      if (does == Does.THROW_EVERYWHERE) {
        throw new Hostile(does);
      }
      while (does == Does.PRINT_FOR_EVER) {
        writer.println("and on");
      }
      super.printStackTrace(writer);
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      if (does == Does.FAIL_WHEN_WRITTEN || does == Does.THROW_EVERYWHERE) {
        throw new NoClassDefFoundError("written");
      }
      out.defaultWriteObject();
    }
  }

  /** Fails where it would word its message. */
  private static final class Untold extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no words");
    }
  }

  private static final class Holding extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings({"serial", "UnusedVariable"}) // That is the fault.
    private final @Nullable Object held;

    Holding(@Nullable Object held) {
      super("holding");
      this.held = held;
    }
  }

  /** A value that misbehaves when it is written or read. */
  static final class Hooked implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Misbehaviour misbehaviour;
    private final boolean isOnRead;

    Hooked(Misbehaviour misbehaviour, boolean isOnRead) {
      this.misbehaviour = misbehaviour;
      this.isOnRead = isOnRead;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      if (!isOnRead) {
        misbehaviour.act();
      }
      out.defaultWriteObject();
    }

    private void readObject(java.io.ObjectInputStream in)
        throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      if (isOnRead) {
        misbehaviour.act();
      }
    }
  }
}
