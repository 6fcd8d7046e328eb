package io.mobula.worker.function;

import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds a method by its JVM name and descriptor, private and inherited ones too. Pure. */
final class MethodLookup {
  static final String CONSTRUCTOR_NAME = "<init>";

  private MethodLookup() {}

  /**
   * Looks in the class, its superclasses and its interfaces.
   *
   * @throws NoSuchMethodException if there is none; the message names what there is
   */
  static Executable find(Class<?> declaring, String name, String descriptor)
      throws NoSuchMethodException {
    MethodType type = MethodType.fromMethodDescriptorString(descriptor, declaring.getClassLoader());
    Class<?>[] parameters = type.parameterArray();
    if (name.equals(CONSTRUCTOR_NAME)) {
      Constructor<?> constructor = declaring.getDeclaredConstructor(parameters);
      return constructor;
    }
    ArrayDeque<Class<?>> toVisit = new ArrayDeque<>();
    Set<Class<?>> seen = new HashSet<>();
    toVisit.add(declaring);
    while (!toVisit.isEmpty()) {
      Class<?> here = toVisit.removeFirst();
      if (!seen.add(here)) {
        continue;
      }
      Method found = declared(here, name, parameters, type.returnType());
      if (found != null) {
        return found;
      }
      if (here.getSuperclass() != null) {
        toVisit.addFirst(here.getSuperclass());
      }
      toVisit.addAll(java.util.List.of(here.getInterfaces()));
    }
    throw new NoSuchMethodException(declaring.getName() + "." + name + descriptor);
  }

  private static @Nullable Method declared(
      Class<?> in, String name, Class<?>[] parameters, Class<?> returns) {
    for (Method method : in.getDeclaredMethods()) {
      if (method.getName().equals(name)
          && method.getReturnType() == returns
          && java.util.Arrays.equals(method.getParameterTypes(), parameters)) {
        return method;
      }
    }
    return null;
  }
}
