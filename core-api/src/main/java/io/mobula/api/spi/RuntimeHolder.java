package io.mobula.api.spi;

import io.mobula.api.ErrorCode;
import io.mobula.api.InitOptions;
import io.mobula.api.MobulaException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Holds the runtime of this process, at most one at a time: put there by {@code Mobula.init()} in a
 * driver, and by the worker's main in a worker.
 *
 * <p>A concurrent structure: {@link #current} is one volatile read, on the path of every call; the
 * rest is rare. A runtime leaves the holder only after it is closed, so that a new session can't
 * start while the old one still ends.
 */
public final class RuntimeHolder {
  private static final AtomicReference<@Nullable Held> HELD = new AtomicReference<>();
  private static final AtomicBoolean IS_CONNECTING = new AtomicBoolean();

  private RuntimeHolder() {}

  /**
   * The runtime of this process.
   *
   * @return the runtime
   * @throws MobulaException with {@link ErrorCode#NOT_INITIALIZED} if there is none
   */
  public static MobulaRuntime current() {
    Held held = HELD.get();
    if (held == null) {
      throw new MobulaException(
          ErrorCode.NOT_INITIALIZED,
          "Mobula is not initialized in this process: call Mobula.init() first, as in"
              + " try (var session = Mobula.init()) { … }");
    }
    return held.runtime;
  }

  /**
   * Whether there is a runtime.
   *
   * @return true from the end of {@code init()} or {@link #install} to the end of closing
   */
  public static boolean isInstalled() {
    return HELD.get() != null;
  }

  /**
   * Installs the runtime of a worker process, where users call neither {@code init()} nor {@code
   * shutdown()}.
   *
   * @param runtime the runtime
   * @throws MobulaException with {@link ErrorCode#ALREADY_INITIALIZED} if there is one
   */
  public static void install(MobulaRuntime runtime) {
    hold(new Held(runtime, false));
  }

  /**
   * Starts a session: finds the provider, connects, and holds the runtime.
   *
   * @param options for the provider
   * @return the runtime
   * @throws MobulaException if this process has a runtime, none is on the class path, or connecting
   *     fails
   */
  public static MobulaRuntime connect(InitOptions options) {
    if (!IS_CONNECTING.compareAndSet(false, true)) {
      throw alreadyInitialized();
    }
    try {
      if (HELD.get() != null) {
        throw alreadyInitialized();
      }
      MobulaRuntime runtime = RuntimeProviders.only().connect(options);
      try {
        hold(new Held(runtime, true));
      } catch (MobulaException e) {
        runtime.close();
        throw e;
      }
      return runtime;
    } finally {
      IS_CONNECTING.set(false);
    }
  }

  /**
   * Closes the session that {@link #connect} started, if there is one, and forgets its runtime.
   *
   * @throws MobulaException with {@link ErrorCode#WRONG_PROCESS} in a worker
   */
  public static void shutdown() {
    Held held = HELD.get();
    if (held == null) {
      return;
    }
    close(held);
  }

  /**
   * Closes a session's runtime and forgets it. Does nothing to a newer one.
   *
   * @param runtime what {@link #connect} returned
   */
  public static void shutdown(MobulaRuntime runtime) {
    Held held = HELD.get();
    if (held != null && held.isOf(runtime)) {
      close(held);
    }
  }

  /**
   * Forgets an installed runtime, which its owner closes.
   *
   * @param runtime the runtime; another one stays
   */
  public static void clear(MobulaRuntime runtime) {
    Held held = HELD.get();
    if (held != null && held.isOf(runtime)) {
      HELD.compareAndSet(held, null);
    }
  }

  private static void hold(Held held) {
    if (!HELD.compareAndSet(null, held)) {
      throw alreadyInitialized();
    }
  }

  private static void close(Held held) {
    if (held.isInWorker()) {
      throw new MobulaException(
          ErrorCode.WRONG_PROCESS,
          "shutdown refused in a worker: only the driver ends its session;"
              + " an actor ends itself by Mobula.exitActor()");
    }
    try {
      held.runtime.close();
    } finally {
      HELD.compareAndSet(held, null);
    }
  }

  private static MobulaException alreadyInitialized() {
    Held held = HELD.get();
    boolean isWorker = held != null && held.isInWorker();
    return new MobulaException(
        ErrorCode.ALREADY_INITIALIZED,
        isWorker
            ? "Mobula is already initialized, since this is a worker:"
                + " tasks and actors use the API without Mobula.init()"
            : "Mobula is already initialized in this process: use the session that there is, or"
                + " close it first, by Session.close() or Mobula.shutdown()");
  }

  /** A runtime, and whether a user's {@code init()} started it. */
  private record Held(MobulaRuntime runtime, boolean isSession) {
    /** Also on the threads of a worker that shares the driver's process. */
    boolean isInWorker() {
      return !isSession || runtime.isInWorker();
    }

    @SuppressWarnings("ReferenceEquality") // A runtime is this one, not one like it.
    boolean isOf(MobulaRuntime other) {
      return runtime == other;
    }
  }
}
