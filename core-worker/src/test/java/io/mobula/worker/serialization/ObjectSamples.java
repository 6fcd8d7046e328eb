package io.mobula.worker.serialization;

import static io.mobula.worker.serialization.Sample.alike;
import static io.mobula.worker.serialization.Sample.equal;
import static io.mobula.worker.serialization.Sample.such;

import io.mobula.worker.serialization.UserTypes.AllPrimitives;
import io.mobula.worker.serialization.UserTypes.Circle;
import io.mobula.worker.serialization.UserTypes.Color;
import io.mobula.worker.serialization.UserTypes.Derived;
import io.mobula.worker.serialization.UserTypes.DetailedException;
import io.mobula.worker.serialization.UserTypes.External;
import io.mobula.worker.serialization.UserTypes.Forgetful;
import io.mobula.worker.serialization.UserTypes.Generic;
import io.mobula.worker.serialization.UserTypes.Greeter;
import io.mobula.worker.serialization.UserTypes.Greeting;
import io.mobula.worker.serialization.UserTypes.Hooked;
import io.mobula.worker.serialization.UserTypes.LruCache;
import io.mobula.worker.serialization.UserTypes.NamedFields;
import io.mobula.worker.serialization.UserTypes.Operation;
import io.mobula.worker.serialization.UserTypes.Outer;
import io.mobula.worker.serialization.UserTypes.OwnList;
import io.mobula.worker.serialization.UserTypes.Plain;
import io.mobula.worker.serialization.UserTypes.SerializableFunction;
import io.mobula.worker.serialization.UserTypes.Singleton;
import io.mobula.worker.serialization.UserTypes.WithProxy;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows for users' classes, failures, functions, and graphs. */
@SuppressWarnings({"ReferenceEquality", "NonApiType"}) // Identity and classes are what is tested.
final class ObjectSamples {
  private ObjectSamples() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    records(samples);
    classes(samples);
    hooks(samples);
    failures(samples);
    functions(samples);
    graphs(samples);
    return samples;
  }

  private static void records(List<Sample> to) {
    to.add(equal("record, private", UserTypes.privatePoint()));
    to.add(equal("record, generic", new Generic<>("x", List.of("y"))));
    to.add(equal("record, nested", new Generic<>(new Generic<>(1, List.of()), List.of())));
    to.add(
        equal(
            "record of primitives",
            new AllPrimitives(true, (byte) 1, (short) 2, 'c', 4, 5, 6, 7, null)));
    to.add(equal("record, empty", new UserTypes.Empty()));
    to.add(equal("record, checked", new UserTypes.Checked(1)));
    to.add(equal("record of a sealed interface", new Circle(2)));
    record Local(int a) {}
    to.add(equal("record, local", new Local(1)));
    to.add(equal("enum", Color.GREEN));
    to.add(equal("enum with bodies", Operation.MINUS));
    to.add(equal("enums in a list", List.of(Color.RED, Color.RED, Operation.PLUS)));
  }

  private static void classes(List<Sample> to) {
    to.add(equal("class, plain", new Plain(5, "five")));
    to.add(such("transient field", new Plain(5, "five"), p -> p.skipped == 0));
    to.add(equal("class, derived, same field name", new Derived(9)));
    to.add(such("inner class", new Outer(40).new Inner(2), i -> i.total() == 42));
    to.add(
        such(
            "anonymous class",
            new Object() {
              private final int value = Integer.parseInt("3");

              @Override
              public String toString() {
                return "value " + value;
              }
            },
            o -> o.toString().equals("value 3")));
    LruCache<String, Integer> cache = new LruCache<>(2);
    cache.putAll(Map.of("a", 1));
    to.add(
        such(
            "subclass of LinkedHashMap",
            cache,
            c -> {
              c.put("b", 2);
              c.put("c", 3);
              return c.size() == 2 && !c.containsKey("a");
            }));
    to.add(equal("subclass of AbstractList", new OwnList(1, 2)));
    to.add(such("ReentrantLock", new ReentrantLock(true), l -> l.isFair() && l.tryLock()));
    Greeter proxy =
        (Greeter)
            Proxy.newProxyInstance(
                ObjectSamples.class.getClassLoader(),
                new Class<?>[] {Greeter.class},
                new Greeting("hi "));
    to.add(such("dynamic proxy", proxy, p -> p.greet("x").equals("hi x")));
  }

  private static void hooks(List<Sample> to) {
    to.add(equal("writeObject and readObject", new Hooked("kept")));
    to.add(such("validation", new Hooked("kept"), h -> h.isValidated));
    Forgetful forgetful = new Forgetful();
    to.add(equal("data never read", Arrays.asList(forgetful, "x", new Forgetful(), "x")));
    to.add(equal("serialPersistentFields", new NamedFields(3, "b")));
    to.add(equal("Externalizable", new External(3, List.of("n"))));
    to.add(such("readResolve", Singleton.INSTANCE, s -> s == Singleton.INSTANCE));
    to.add(equal("writeReplace", new WithProxy(8)));
    WithProxy shared = new WithProxy(9);
    to.add(
        such(
            "writeReplace, shared",
            new Object[] {shared, shared, "x"},
            a -> a[0] == a[1] && a[0].equals(shared) && a[2].equals("x")));
    to.add(equal("hooks in hooks", new External(1, new External(2, new Hooked("deep")))));
  }

  private static void failures(List<Sample> to) {
    Exception cause = traced(new java.io.IOException("cause"));
    IllegalStateException failure = traced(new IllegalStateException("message", cause));
    failure.addSuppressed(traced(new ArithmeticException("suppressed")));
    to.add(alike("exception of the JDK", failure, ObjectSamples::view));
    to.add(
        alike(
            "exception of the user",
            traced(new DetailedException("m", failure, 42, Map.of("k", 1))),
            e -> List.of(view(e), e.code, e.details)));
    to.add(alike("Error", traced(new AssertionError("e")), ObjectSamples::view));
    IllegalStateException untraced = new IllegalStateException("x");
    untraced.setStackTrace(new StackTraceElement[0]);
    to.add(alike("exception without a trace", untraced, ObjectSamples::view));
  }

  /** Gives it a stack trace that is the same in every process. */
  private static <T extends Throwable> T traced(T failure) {
    failure.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("app", "m", "1", "a.B", "run", "B.java", 3),
          new StackTraceElement("a.C", "main", null, -2)
        });
    return failure;
  }

  private static List<?> view(@Nullable Throwable failure) {
    return failure == null
        ? List.of()
        : Arrays.asList(
            failure.getClass(),
            failure.getMessage(),
            List.of(failure.getStackTrace()),
            view(failure.getCause()),
            Arrays.stream(failure.getSuppressed()).map(ObjectSamples::view).toList());
  }

  private static void functions(List<Sample> to) {
    int captured = Integer.parseInt("4");
    String text = "c".repeat(2);
    SerializableFunction<Integer, Integer> plus = x -> x + captured + text.length();
    to.add(such("lambda with captures", plus, f -> f.apply(1) == 7));
    SerializableFunction<Integer, Integer> reference = UserTypes::twice;
    to.add(such("method reference", reference, f -> f.apply(4) == 8));
    SerializableFunction<String, Integer> unbound = String::length;
    to.add(such("method reference, unbound", unbound, f -> f.apply("abc") == 3));
    SerializableFunction<Integer, Object> bound = List.of(5, 6)::get;
    to.add(such("method reference, bound", bound, f -> f.apply(1).equals(6)));
    to.add(such("constructor reference", constructor(), f -> f.apply(3).size() == 0));
    Runnable cast = (Runnable & Serializable) () -> {};
    to.add(such("lambda by cast", cast, r -> r instanceof Serializable));
    SerializableFunction<Integer, Integer> nested = x -> plus.apply(reference.apply(x));
    to.add(such("lambda that captures lambdas", nested, f -> f.apply(1) == 8));
    to.add(such("lambdas, shared", List.of(plus, plus), l -> l.get(0) == l.get(1)));
    io.mobula.api.function.RemoteFunction remote = new NamedRemote("n");
    to.add(such("a function of ours", remote, r -> ((NamedRemote) r).name.equals("n")));
  }

  private static SerializableFunction<Integer, ArrayList<String>> constructor() {
    return ArrayList::new;
  }

  private record NamedRemote(String name) implements io.mobula.api.function.RemoteFunction {}

  private static void graphs(List<Sample> to) {
    Plain first = new Plain(1, "first");
    Plain second = new Plain(2, "second");
    first.next = second;
    second.next = first;
    to.add(such("cycle", first, p -> p.next != null && p.next.next == p));
    Plain self = new Plain(1, "self");
    self.next = self;
    to.add(such("cycle of one", self, p -> p.next == p));
    List<@Nullable Object> list = new ArrayList<>();
    list.add(list);
    to.add(such("list in itself", list, l -> l.get(0) == l));
    Object[] array = new Object[2];
    array[0] = array;
    array[1] = new Object[] {array};
    to.add(such("array in itself", array, a -> a[0] == a && ((Object[]) a[1])[0] == a));
    Map<String, Object> map = new HashMap<>();
    map.put("self", map);
    to.add(such("map in itself", map, m -> m.get("self") == m));
    Object shared = new Plain(3, "shared");
    to.add(
        such(
            "shared reference",
            new Generic<>(shared, List.of(shared, new Object[] {shared})),
            g -> g.value() == g.more().get(0) && ((Object[]) g.more().get(1))[0] == g.value()));
    String same = new String("same");
    to.add(such("shared string", new Object[] {same, same}, a -> a[0] == a[1]));
    int[] numbers = new int[3000];
    to.add(such("shared array", new Object[] {numbers, numbers}, a -> a[0] == a[1]));
    Supplier<Object> nothing = () -> null;
    to.add(such("many classes", many(nothing), m -> m.length == 4));
    to.add(such("long chain", chain(20_000), p -> p.next != null));
  }

  private static Object[] many(Supplier<Object> unused) {
    return new Object[] {new Plain(1, "a"), new Derived(1), new Circle(1), new Plain(2, "b")};
  }

  private static Plain chain(int length) {
    Plain head = new Plain(0, "0");
    Plain at = head;
    for (int i = 1; i < length; i++) {
      Plain next = new Plain(i, "n");
      at.next = next;
      at = next;
    }
    return head;
  }
}
