import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import io.mobula.api.Session;
import io.mobula.api.Task1;
import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Prints which gRPC and Netty classes, relocated or not, are loaded in the driver, in a task's
 * worker and in an actor's; and that the list of classes is a real one. Values have been through
 * the store of the node and a task has run before that.
 */
final class LoadedClasses {
  private static final int BYTES = 1 << 20;
  private static final Task1<byte[], Found> OF_TASK = Mobula.task(LoadedClasses::ofTask);

  private LoadedClasses() {}

  /**
   * What a JVM has loaded.
   *
   * @param unwanted gRPC's and Netty's
   */
  record Found(List<String> unwanted, boolean hasWorker, boolean hasOwn, byte[] bytes) {}

  public static void main(String[] arguments) {
    try (Session session = Mobula.init()) {
      byte[] bytes = new byte[BYTES];
      for (int i = 0; i < 2; i++) {
        print("task " + i, OF_TASK.remote(bytes).get());
      }
      ActorHandle<Looker> looker = Mobula.actor(Looker::new).remote();
      print("actor", looker.call(Looker::look, bytes).get());
      Found here = look(bytes);
      System.out.println(
          "driver has gRPC and Netty: "
              + here.unwanted.stream().anyMatch(name -> name.contains("io.grpc."))
              + " "
              + here.unwanted.stream().anyMatch(name -> name.contains("io.netty.")));
      System.out.println("open " + (session != null));
    }
  }

  private static void print(String where, Found found) {
    System.out.println(
        where
            + ": unwanted="
            + found.unwanted
            + " worker="
            + found.hasWorker
            + " own="
            + found.hasOwn
            + " bytes="
            + found.bytes.length);
  }

  @Remote
  private static Found ofTask(byte[] bytes) {
    return look(bytes);
  }

  /** Looks at the JVM that it runs in. */
  static Found look(byte[] bytes) {
    List<String> loaded = loaded();
    return new Found(
        loaded.stream()
            .filter(name -> name.matches("(io\\.mobula\\.shaded\\.)?io\\.(grpc|netty)\\..*"))
            .toList(),
        loaded.contains("io.mobula.worker.WorkerMain"),
        loaded.contains(LoadedClasses.class.getName()),
        bytes);
  }

  private static List<String> loaded() {
    try {
      String hierarchy =
          (String)
              ManagementFactory.getPlatformMBeanServer()
                  .invoke(
                      new ObjectName("com.sun.management:type=DiagnosticCommand"),
                      "vmClassHierarchy",
                      new Object[] {new String[] {"-i"}},
                      new String[] {String[].class.getName()});
      // Lines such as "|  |--java.lang.Number/null", with the class loader's address at the end.
      return hierarchy
          .lines()
          .map(line -> line.replaceFirst("^[|\\- ]*(implements )?", "").replaceFirst("/.*", ""))
          .distinct()
          .toList();
    } catch (JMException e) {
      throw new IllegalStateException("the JVM can't be asked for its classes", e);
    }
  }

  @Remote
  static final class Looker {
    Found look(byte[] bytes) {
      return LoadedClasses.look(bytes);
    }
  }
}
