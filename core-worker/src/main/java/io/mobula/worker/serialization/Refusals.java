package io.mobula.worker.serialization;

import java.io.Serializable;
import java.util.List;

/** Which classes stand for something that exists in one process only. Stateless. */
final class Refusals {
  private static final String REMEDY =
      "mark the field transient, or send what it is made from and make it where it is used";

  private record Refusal(Class<?> type, String reason) {}

  private static final List<Refusal> REFUSALS =
      List.of(
          new Refusal(Thread.class, "a thread belongs to its process"),
          new Refusal(ThreadGroup.class, "threads belong to their process"),
          new Refusal(ThreadLocal.class, "thread locals belong to their process"),
          new Refusal(ClassLoader.class, "class loaders belong to their process"),
          new Refusal(Module.class, "modules belong to their process"),
          new Refusal(Process.class, "a child process belongs to its parent"),
          new Refusal(ProcessHandle.class, "a process belongs to its machine"),
          new Refusal(java.util.concurrent.Executor.class, "its threads belong to its process"),
          new Refusal(java.util.concurrent.ThreadFactory.class, "threads belong to their process"),
          new Refusal(java.util.concurrent.Future.class, "it completes in its process only"),
          new Refusal(java.util.Timer.class, "its thread belongs to its process"),
          new Refusal(java.util.TimerTask.class, "its timer belongs to its process"),
          new Refusal(java.net.Socket.class, "an open connection belongs to its process"),
          new Refusal(java.net.ServerSocket.class, "an open port belongs to its process"),
          new Refusal(java.net.DatagramSocket.class, "an open port belongs to its process"),
          new Refusal(java.nio.channels.Channel.class, "an open channel belongs to its process"),
          new Refusal(java.nio.channels.Selector.class, "a selector belongs to its process"),
          new Refusal(java.io.InputStream.class, "an open stream belongs to its process"),
          new Refusal(java.io.OutputStream.class, "an open stream belongs to its process"),
          new Refusal(java.io.Reader.class, "an open stream belongs to its process"),
          new Refusal(java.io.Writer.class, "an open stream belongs to its process"),
          new Refusal(java.io.RandomAccessFile.class, "an open file belongs to its process"),
          new Refusal(java.io.FileDescriptor.class, "an open file belongs to its process"),
          new Refusal(
              java.util.stream.BaseStream.class, "a stream is used once, where it was made"),
          new Refusal(java.lang.ref.Reference.class, "it refers to an object of its process"),
          new Refusal(java.lang.ref.Cleaner.class, "its thread belongs to its process"),
          new Refusal(java.lang.invoke.MethodHandle.class, "it is bound to classes of its process"),
          new Refusal(java.lang.invoke.VarHandle.class, "it is bound to classes of its process"),
          new Refusal(
              java.lang.invoke.MethodHandles.Lookup.class, "it is bound to classes of its process"),
          new Refusal(
              java.lang.reflect.AccessibleObject.class, "it is bound to classes of its process"),
          new Refusal(java.lang.foreign.Arena.class, "its memory belongs to its process"));

  private Refusals() {}

  /** Fails for a class whose instances are bound to their process. */
  static void check(Class<?> type) throws RefusedException {
    if (type.isHidden()) {
      throw new RefusedException(
          "its functional interface is not Serializable",
          "declare it with an interface that extends java.io.Serializable, or cast the lambda to"
              + " one: (Runnable & Serializable) () -> …");
    }
    if (Serializable.class.isAssignableFrom(type)) {
      // Its author said that it can be sent. A thread's subclass that says so means its own fields.
      if (!Thread.class.isAssignableFrom(type) && !ClassLoader.class.isAssignableFrom(type)) {
        return;
      }
    }
    for (Refusal refusal : REFUSALS) {
      if (refusal.type.isAssignableFrom(type)) {
        throw new RefusedException(refusal.reason, REMEDY);
      }
    }
    if (Platform.isPlatformClass(type)) {
      throw new RefusedException("the JDK does not make this class Serializable", REMEDY);
    }
  }
}
