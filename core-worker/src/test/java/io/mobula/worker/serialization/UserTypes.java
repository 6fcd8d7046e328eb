package io.mobula.worker.serialization;

import java.io.Externalizable;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInput;
import java.io.ObjectInputStream;
import java.io.ObjectInputValidation;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamException;
import java.io.ObjectStreamField;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Classes as users write them, for the samples. */
@SuppressWarnings("serial") // What javac warns of is what is tested.
final class UserTypes {
  private UserTypes() {}

  private record PrivatePoint(int x, long y) {}

  record Generic<T extends @Nullable Object>(T value, List<T> more) {}

  record AllPrimitives(
      boolean z, byte b, short s, char c, int i, long j, float f, double d, @Nullable String t) {}

  record Empty() {}

  record Checked(int positive) {
    Checked {
      if (positive <= 0) {
        throw new IllegalArgumentException("positive=" + positive);
      }
    }
  }

  static Object privatePoint() {
    return new PrivatePoint(-3, 1L << 40);
  }

  enum Color {
    RED,
    GREEN
  }

  enum Operation {
    PLUS {
      @Override
      int apply(int a, int b) {
        return a + b;
      }
    },
    MINUS {
      @Override
      int apply(int a, int b) {
        return a - b;
      }
    };

    abstract int apply(int a, int b);
  }

  interface Shape {}

  sealed interface Sealed permits Circle {}

  record Circle(double radius) implements Sealed, Shape {}

  /** Not Serializable, no constructor without arguments, final fields, a transient one. */
  static class Plain {
    private final int number;
    private final String text;
    private final List<String> list;
    transient int skipped = 7;
    @Nullable Plain next;

    Plain(int number, String text) {
      this.number = number;
      this.text = text;
      this.list = new ArrayList<>(List.of(text, text));
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Plain p
          && p.getClass() == getClass()
          && number == p.number
          && text.equals(p.text)
          && list.equals(p.list);
    }

    @Override
    public int hashCode() {
      return Objects.hash(number, text);
    }
  }

  static final class Derived extends Plain {
    private final int number;
    private final Object lock = new Object();

    Derived(int number) {
      super(-number, "derived");
      this.number = number;
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return super.equals(o) && o instanceof Derived d && d.number == number && d.lock != null;
    }

    @Override
    public int hashCode() {
      return super.hashCode() + number;
    }
  }

  static final class Hooked implements Serializable, ObjectInputValidation {
    private static final long serialVersionUID = 1L;
    private final String kept;
    transient int derived;
    transient boolean isValidated;

    Hooked(String kept) {
      this.kept = kept;
      this.derived = kept.length();
    }

    @Serial
    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeInt(derived * 2);
      out.writeUTF("näïve € " + kept);
      out.writeObject(List.of(kept));
      out.write(new byte[] {1, 2, 3});
    }

    @Serial
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.registerValidation(this, 0);
      in.defaultReadObject();
      derived = in.readInt() / 2;
      if (!in.readUTF().equals("näïve € " + kept) || !in.readObject().equals(List.of(kept))) {
        throw new InvalidObjectException("other data");
      }
      if (in.readNBytes(3).length != 3 || in.read() != -1 || in.available() != 0) {
        throw new InvalidObjectException("no end of data");
      }
    }

    @Override
    public void validateObject() {
      isValidated = true;
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Hooked h && kept.equals(h.kept) && derived == h.derived;
    }

    @Override
    public int hashCode() {
      return kept.hashCode();
    }
  }

  /** Writes more than it reads, then something that refers to what follows. */
  static final class Forgetful implements Serializable {
    private static final long serialVersionUID = 1L;
    transient int value = 5;

    @Serial
    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeInt(value);
      out.writeObject(new ArrayList<>(List.of("never read")));
    }

    @Serial
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      value = in.readInt();
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Forgetful f && f.value == value;
    }

    @Override
    public int hashCode() {
      return value;
    }
  }

  static final class NamedFields implements Serializable {
    private static final long serialVersionUID = 1L;

    @Serial
    @SuppressWarnings("UnusedVariable") // Read by serialization.
    private static final ObjectStreamField[] serialPersistentFields = {
      new ObjectStreamField("count", int.class), new ObjectStreamField("label", String.class)
    };

    private transient int a;
    private transient String b;

    NamedFields(int a, String b) {
      this.a = a;
      this.b = b;
    }

    @Serial
    private void writeObject(ObjectOutputStream out) throws IOException {
      ObjectOutputStream.PutField fields = out.putFields();
      fields.put("count", a);
      fields.put("label", b);
      out.writeFields();
    }

    @Serial
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      ObjectInputStream.GetField fields = in.readFields();
      a = fields.get("count", 0);
      b = (String) Objects.requireNonNull(fields.get("label", null));
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof NamedFields n && n.a == a && n.b.equals(b);
    }

    @Override
    public int hashCode() {
      return a;
    }
  }

  public static final class External implements Externalizable {
    private static final long serialVersionUID = 1L;
    private int value;
    private @Nullable Object nested;

    public External() {}

    External(int value, Object nested) {
      this.value = value;
      this.nested = nested;
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
      out.writeInt(value);
      out.writeObject(nested);
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException, ClassNotFoundException {
      value = in.readInt();
      nested = in.readObject();
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof External e && e.value == value && Objects.equals(e.nested, nested);
    }

    @Override
    public int hashCode() {
      return value;
    }
  }

  static final class Singleton implements Serializable {
    private static final long serialVersionUID = 1L;
    static final Singleton INSTANCE = new Singleton();

    private Singleton() {}

    @Serial
    private Object readResolve() throws ObjectStreamException {
      return INSTANCE;
    }
  }

  static final class WithProxy implements Serializable {
    private static final long serialVersionUID = 1L;
    private final int value;

    WithProxy(int value) {
      this.value = value;
    }

    @Serial
    private Object writeReplace() {
      return new SerializedForm(value);
    }

    private record SerializedForm(int value) implements Serializable {
      @Serial
      private Object readResolve() {
        return new WithProxy(value);
      }
    }

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof WithProxy w && w.value == value;
    }

    @Override
    public int hashCode() {
      return value;
    }
  }

  static final class LruCache<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int sizeMax;

    LruCache(int sizeMax) {
      super(16, 0.75f, true);
      this.sizeMax = sizeMax;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > sizeMax;
    }
  }

  static final class OwnList extends java.util.AbstractList<Integer> {
    private final int[] numbers;

    OwnList(int... numbers) {
      this.numbers = numbers;
    }

    @Override
    public Integer get(int index) {
      return numbers[index];
    }

    @Override
    public int size() {
      return numbers.length;
    }
  }

  static final class DetailedException extends Exception {
    private static final long serialVersionUID = 1L;
    final int code;
    final Map<String, Object> details;

    DetailedException(String message, Throwable cause, int code, Map<String, Object> details) {
      super(message, cause);
      this.code = code;
      this.details = details;
    }
  }

  static final class Outer {
    final int base;

    Outer(int base) {
      this.base = base;
    }

    final class Inner {
      final int more;

      Inner(int more) {
        this.more = more;
      }

      int total() {
        return base + more;
      }
    }
  }

  interface SerializableFunction<A, B> extends Function<A, B>, Serializable {}

  interface Greeter {
    String greet(String name);
  }

  record Greeting(String prefix) implements InvocationHandler, Serializable {
    @Override
    public @Nullable Object invoke(
        Object proxy, java.lang.reflect.Method method, Object @Nullable [] arguments) {
      return arguments == null ? prefix : prefix + arguments[0];
    }
  }

  static int twice(int x) {
    return 2 * x;
  }

  /** What can't be sent, in a user's structure. */
  static final class Config {
    final List<@Nullable Object> pool = new ArrayList<>();
    final Map<String, Object> byName = new LinkedHashMap<>();
  }

  record Job(String name, Config config) {}
}
