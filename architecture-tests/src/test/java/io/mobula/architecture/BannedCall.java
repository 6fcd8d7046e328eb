package io.mobula.architecture;

import java.util.Set;

/**
 * A kind of call that only listed classes may make, since everything else is given its result.
 * Members are those of the class that declares them; {@code <init>} is a constructor.
 */
enum BannedCall {
  CLOCK("clock.txt", "reads a clock") {
    @Override
    boolean matches(String owner, String member) {
      return (owner.equals("java.lang.System")
              && Set.of("nanoTime", "currentTimeMillis").contains(member))
          || (owner.startsWith("java.time.") && member.equals("now"))
          || (owner.equals("java.time.Clock") && member.startsWith("system"))
          || (owner.equals("java.util.Date") && member.equals("<init>"));
    }
  },
  RANDOM("random.txt", "draws random numbers") {
    @Override
    boolean matches(String owner, String member) {
      return (owner.equals("java.lang.Math") && member.equals("random"))
          || (owner.equals("java.util.UUID") && member.equals("randomUUID"))
          || (owner.equals("java.util.concurrent.ThreadLocalRandom") && member.equals("current"))
          || (Set.of("java.util.Random", "java.util.SplittableRandom", "java.security.SecureRandom")
                  .contains(owner)
              && (member.equals("<init>") || member.startsWith("getInstance")));
    }
  },
  THREAD("threads.txt", "starts threads or timers") {
    private static final Set<String> CONSTRUCTED =
        Set.of(
            "java.lang.Thread",
            "java.util.Timer",
            "java.util.concurrent.ForkJoinPool",
            "java.util.concurrent.ScheduledThreadPoolExecutor",
            "java.util.concurrent.ThreadPoolExecutor",
            "io.netty.channel.MultiThreadIoEventLoopGroup",
            "io.netty.channel.SingleThreadIoEventLoop",
            "io.netty.channel.nio.NioEventLoopGroup");

    @Override
    boolean matches(String owner, String member) {
      return (member.equals("<init>") && CONSTRUCTED.contains(owner))
          || (owner.equals("java.lang.Thread")
              && Set.of("start", "ofVirtual", "ofPlatform", "startVirtualThread").contains(member))
          || (owner.equals("java.util.concurrent.Executors") && member.startsWith("new"))
          || (owner.equals("java.util.concurrent.CompletableFuture") && member.endsWith("Async"))
          || owner.equals("java.util.concurrent.StructuredTaskScope");
    }
  },
  SLEEP("sleep.txt", "sleeps or parks") {
    @Override
    boolean matches(String owner, String member) {
      return (Set.of("java.lang.Thread", "java.util.concurrent.TimeUnit").contains(owner)
              && member.equals("sleep"))
          || (owner.equals("java.util.concurrent.locks.LockSupport") && member.startsWith("park"))
          || (owner.equals("java.lang.Object") && member.equals("wait"));
    }
  },
  FILE_OR_SOCKET("files-and-sockets.txt", "opens files, sockets or processes") {
    private static final Set<String> CONSTRUCTED =
        Set.of(
            "java.io.FileInputStream",
            "java.io.FileOutputStream",
            "java.io.FileReader",
            "java.io.FileWriter",
            "java.io.RandomAccessFile",
            "java.lang.ProcessBuilder",
            "java.net.DatagramSocket",
            "java.net.ServerSocket",
            "java.net.Socket",
            "java.util.jar.JarFile",
            "java.util.zip.ZipFile");
    private static final Set<String> OPENED =
        Set.of(
            "java.nio.channels.DatagramChannel",
            "java.nio.channels.FileChannel",
            "java.nio.channels.Selector",
            "java.nio.channels.ServerSocketChannel",
            "java.nio.channels.SocketChannel");

    @Override
    boolean matches(String owner, String member) {
      return owner.equals("java.nio.file.Files")
          || (member.equals("<init>") && CONSTRUCTED.contains(owner))
          || (member.equals("open") && OPENED.contains(owner))
          || (owner.equals("java.net.URL") && member.startsWith("open"))
          || (owner.equals("java.lang.Runtime") && member.equals("exec"))
          || (owner.equals("java.net.http.HttpClient") && member.startsWith("new"));
    }
  },
  SYNCHRONIZATION("synchronization.txt", "uses locks, atomics or variable handles") {
    @Override
    boolean matches(String owner, String member) {
      // Plain get and set of a VarHandle are how bytes are read as numbers.
      return (owner.startsWith("java.util.concurrent.locks.") && !owner.endsWith(".LockSupport"))
          || owner.startsWith("java.util.concurrent.atomic.")
          || (owner.equals("java.lang.invoke.VarHandle") && !Set.of("get", "set").contains(member));
    }
  },
  CONSOLE("console.txt", "writes to the console instead of a System.Logger") {
    @Override
    boolean matches(String owner, String member) {
      return owner.equals("java.lang.System") && Set.of("out", "err", "console").contains(member);
    }
  },
  PROCESS_STATE("process-state.txt", "reads the environment, changes or ends the whole process") {
    @Override
    boolean matches(String owner, String member) {
      return (owner.equals("java.lang.System")
              && Set.of("exit", "getenv", "setProperty", "setOut", "setErr").contains(member))
          || (owner.equals("java.lang.Runtime")
              && Set.of("halt", "exit", "addShutdownHook").contains(member));
    }
  },
  NOWHERE("nowhere.txt", "uses what is not used here at all: thread locals, Unsafe, finalizers") {
    @Override
    boolean matches(String owner, String member) {
      return owner.equals("java.lang.ThreadLocal")
          || owner.equals("java.lang.InheritableThreadLocal")
          || owner.equals("sun.misc.Unsafe")
          || owner.startsWith("jdk.internal.")
          || (owner.equals("java.lang.Object") && member.equals("finalize"));
    }
  };

  final String allowListFile;
  final String description;

  BannedCall(String allowListFile, String description) {
    this.allowListFile = allowListFile;
    this.description = description;
  }

  abstract boolean matches(String owner, String member);
}
