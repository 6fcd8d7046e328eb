package io.mobula.api.function;

import java.util.List;
import java.util.Objects;

/**
 * A method or constructor named by its class, name and erased parameter types: what generated stubs
 * use, since they must reach overloaded, generic and private methods that no method reference of
 * theirs could.
 *
 * @param declaringClass the class that declares it
 * @param name the method's name, or {@link #CONSTRUCTOR}
 * @param parameterTypes the erased parameter types, in order
 */
public record NamedFunction(Class<?> declaringClass, String name, List<Class<?>> parameterTypes)
    implements RemoteFunction {
  /** The {@link #name} of a constructor. */
  public static final String CONSTRUCTOR = "<init>";

  /** Checks and copies. */
  public NamedFunction {
    Objects.requireNonNull(declaringClass, "declaringClass");
    Objects.requireNonNull(name, "name");
    parameterTypes = List.copyOf(parameterTypes);
  }

  /**
   * Whether this names a constructor.
   *
   * @return true for a constructor, false for a method
   */
  public boolean isConstructor() {
    return name.equals(CONSTRUCTOR);
  }
}
