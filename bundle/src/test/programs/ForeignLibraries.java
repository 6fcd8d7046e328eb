import com.google.common.base.Objects;
import com.google.common.collect.ImmutableList;
import com.google.protobuf.TextFormat;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Context;
import io.mobula.api.ActorHandle;
import io.mobula.api.Mobula;
import io.mobula.api.ObjectRef;
import io.mobula.api.Remote;
import io.mobula.api.Session;
import io.mobula.api.Task1;
import io.mobula.api.Task2;
import io.netty.util.Version;
import java.nio.file.Path;
import java.util.List;
import org.apache.fory.Fory;

/**
 * A program with other versions of the libraries that Mobula is built from, used by the driver, a
 * task and an actor: each must get the user's, told by the jar that a class came from and by calls.
 */
final class ForeignLibraries {
  private static final Task1<String, List<String>> REPORT = Mobula.task(ForeignLibraries::report);
  private static final Task2<Timestamp, ImmutableList<String>, Timestamp> ADD =
      Mobula.task(ForeignLibraries::add);

  private ForeignLibraries() {}

  public static void main(String[] arguments) {
    try (Session session = Mobula.init()) {
      print("driver", report("of the driver"));
      print("task", REPORT.remote("of a task").get());
      ActorHandle<Reporter> reporter = Mobula.actor(Reporter::new).remote();
      print("actor", reporter.call(Reporter::report, "of an actor").get());
      Timestamp time = Timestamp.newBuilder().setSeconds(40).build();
      ObjectRef<Timestamp> put = Mobula.put(time);
      System.out.println(
          "values " + ADD.remote(put, ImmutableList.of("a", "b")).get().getSeconds());
      System.out.println("open " + (session != null));
    }
    System.out.println("closed");
  }

  private static void print(String where, List<String> lines) {
    lines.forEach(line -> System.out.println(where + " " + line));
  }

  /** One line a library: the jar that it is from, and what a call to it gave. */
  @Remote
  private static List<String> report(String text) {
    UnknownFieldSet field =
        UnknownFieldSet.newBuilder()
            .addField(7, UnknownFieldSet.Field.newBuilder().addVarint(42).build())
            .build();
    Fory fory = Fory.builder().requireClassRegistration(true).build();
    Context.Key<String> key = Context.key("text");
    return List.of(
        jarOf(TextFormat.class) + " " + TextFormat.printToString(field).strip(),
        jarOf(Objects.class) + " " + Objects.firstNonNull(null, text),
        jarOf(Fory.class) + " " + fory.deserialize(fory.serialize(text)),
        jarOf(Context.class) + " " + key.get(Context.ROOT.withValue(key, text)),
        jarOf(Version.class) + " " + Version.identify().get("netty-common").artifactVersion());
  }

  @Remote
  private static Timestamp add(Timestamp time, ImmutableList<String> more) {
    return time.toBuilder().setSeconds(time.getSeconds() + more.size()).build();
  }

  private static String jarOf(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .getFileName()
        .toString();
  }

  @Remote
  static final class Reporter {
    List<String> report(String text) {
      return ForeignLibraries.report(text);
    }
  }
}
