package io.mobula.worker.serialization;

import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects with fields: each class of the inheritance chain contributes a {@link Layer}, superclass
 * first.
 *
 * <p>An instance is made without running the constructors of the classes that contribute; the
 * constructor of the first superclass that does not (Object, AbstractList, …) runs, as in Java's
 * own serialization.
 */
final class LayeredCodec extends TypeCodec.Described {
  private final Layer[] layers;
  private final Constructor<?> constructor;
  private final @Nullable MethodHandle readResolve;
  private final boolean needsExactStrings;

  private LayeredCodec(
      Class<?> type, TypeDescriptor descriptor, Layer[] layers, Constructor<?> constructor) {
    super(Tracking.ALLOCATED, descriptor);
    this.layers = layers;
    this.constructor = constructor;
    this.readResolve = SerialHooks.readResolve(type);
    this.needsExactStrings = java.util.IdentityHashMap.class.isAssignableFrom(type);
  }

  static LayeredCodec of(Class<?> type) throws RefusedException {
    if (Modifier.isAbstract(type.getModifiers())) {
      throw new RefusedException("it is abstract", "send a concrete class");
    }
    Layer[] layers = layers(type);
    TypeDescriptor.Shape shape = new TypeDescriptor.Shape();
    for (Layer layer : layers) {
      shape.add(layer.type() == type ? "" : layer.type().getName());
      shape.add(layer.isHooked() ? 1 : 0);
      shape.add(layer.slots());
    }
    TypeDescriptor descriptor = TypeDescriptor.of(TypeDescriptor.LAYERED, type, shape.toBytes());
    return new LayeredCodec(type, descriptor, layers, constructor(type, contributesNot(type)));
  }

  static LayeredCodec ofProxy(Class<?> type) throws RefusedException {
    List<String> names = Arrays.stream(type.getInterfaces()).map(Class::getName).toList();
    TypeDescriptor descriptor = new TypeDescriptor(TypeDescriptor.PROXY, names, new byte[0]);
    return new LayeredCodec(type, descriptor, layers(Proxy.class), constructor(type, Object.class));
  }

  private static Layer[] layers(Class<?> type) throws RefusedException {
    List<Layer> layers = new ArrayList<>();
    Class<?> end = contributesNot(type);
    for (Class<?> c = type; c != null && c != end; c = c.getSuperclass()) {
      Layer layer = Layer.of(c);
      if (layer == null) {
        throw new RefusedException(
            "the module " + c.getModule().getName() + " does not open " + c.getName(),
            "add to its module-info: opens " + c.getPackageName());
      }
      if (!layer.isEmpty()) {
        layers.addFirst(layer);
      }
    }
    return layers.toArray(Layer[]::new);
  }

  /** The first superclass whose state is not sent: a class of the JDK that is not Serializable. */
  private static Class<?> contributesNot(Class<?> type) throws RefusedException {
    Class<?> c = type;
    while (!Platform.isPlatformClass(c) || Serializable.class.isAssignableFrom(c)) {
      c = c.getSuperclass();
      if (c == null) {
        throw new RefusedException("it is an interface", "send a concrete class");
      }
    }
    if (!Serializable.class.isAssignableFrom(type) && hasState(c)) {
      throw new RefusedException(
          "the state of its superclass " + c.getName() + " can't be sent",
          "mark the field transient, or make the class Serializable with its own writeObject");
    }
    return c;
  }

  private static boolean hasState(Class<?> type) {
    for (Field field : type.getDeclaredFields()) {
      if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
        return true;
      }
    }
    return false;
  }

  private static Constructor<?> constructor(Class<?> type, Class<?> superclass)
      throws RefusedException {
    try {
      return SerialHooks.constructor(type, superclass.getDeclaredConstructor());
    } catch (NoSuchMethodException e) {
      throw new RefusedException(
          "its superclass " + superclass.getName() + " has no constructor without arguments",
          "mark the field transient");
    }
  }

  @Override
  void writeBody(GraphEncoder out, Object value) throws Throwable {
    if (needsExactStrings) {
      out.exactStrings(true);
    }
    for (Layer layer : layers) {
      layer.write(out, value);
    }
    if (needsExactStrings) {
      out.exactStrings(false);
    }
  }

  @Override
  Object readBody(GraphDecoder in) throws Throwable {
    int handle = in.takeHandle();
    Object value = constructor.newInstance();
    in.setHandle(handle, value);
    for (Layer layer : layers) {
      layer.read(in, value);
    }
    if (readResolve != null) {
      value = in.resolved((@Nullable Object) readResolve.invokeExact(value));
      in.setHandle(handle, value);
    }
    return value;
  }
}
