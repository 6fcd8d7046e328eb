package io.mobula.worker.function;

import io.mobula.proto.FunctionDescriptor;
import io.mobula.worker.failure.ThrowableText;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * A method that others call here, found when it is first invoked. Thread-safe; the handle is found
 * perhaps twice, with the same result.
 */
public final class RemoteMethod {
  private final FunctionDescriptor descriptor;
  private final ClassLoader loader;
  private final @Nullable String problem;
  private volatile @Nullable MethodHandle handle;

  /** The parameters, the receiver's first; written before the handle. */
  private volatile MethodType parameters = MethodType.methodType(void.class);

  public RemoteMethod(FunctionDescriptor descriptor, ClassLoader loader) {
    this(descriptor, loader, null);
  }

  private RemoteMethod(
      FunctionDescriptor descriptor, ClassLoader loader, @Nullable String problem) {
    this.descriptor = descriptor;
    this.loader = loader;
    this.problem = problem;
  }

  /**
   * A method of which nothing is known here: whoever calls it is told so.
   *
   * @param problem why, for people
   */
  public static RemoteMethod unknown(String problem, ClassLoader loader) {
    return new RemoteMethod(FunctionDescriptor.getDefaultInstance(), loader, problem);
  }

  /** For people: {@code Class.method}. */
  public String displayName() {
    String simple = DisplayNames.ofClass(descriptor.getClassName());
    return descriptor.getMethodName().equals(MethodLookup.CONSTRUCTOR_NAME)
        ? simple
        : simple + "." + descriptor.getMethodName();
  }

  /**
   * Takes all arguments (the receiver first) as one array; returns the result, null for void.
   *
   * @throws DefinitionProblem if the class or method isn't here or can't be reached
   */
  public MethodHandle handle() throws DefinitionProblem {
    MethodHandle known = handle;
    if (known == null) {
      if (problem != null) {
        throw new DefinitionProblem(problem, null);
      }
      known = find();
      handle = known;
    }
    return known;
  }

  /**
   * Refuses null for what can't be null, which the handle would do without a word.
   *
   * @param arguments for {@link #handle()}, which has been found
   * @throws IllegalArgumentException if there is one
   */
  public void checkArguments(@Nullable Object[] arguments) {
    MethodType types = parameters;
    for (int i = 0; i < Math.min(arguments.length, types.parameterCount()); i++) {
      if (arguments[i] == null && types.parameterType(i).isPrimitive()) {
        boolean hasReceiver = types.parameterCount() > declaredParameters();
        throw new IllegalArgumentException(
            "null for a parameter that can't be null: method="
                + displayName()
                + ", parameter="
                + (hasReceiver ? i : i + 1)
                + ", type="
                + types.parameterType(i));
      }
    }
  }

  private int declaredParameters() {
    return MethodType.fromMethodDescriptorString(descriptor.getSignature(), null).parameterCount();
  }

  private MethodHandle find() throws DefinitionProblem {
    try {
      Class<?> declaring = Class.forName(descriptor.getClassName(), true, loader);
      Executable method =
          MethodLookup.find(declaring, descriptor.getMethodName(), descriptor.getSignature());
      refuseAbstract(declaring, method);
      method.setAccessible(true);
      MethodHandle direct =
          method instanceof Method plain
              ? MethodHandles.lookup().unreflect(plain)
              : MethodHandles.lookup().unreflectConstructor((Constructor<?>) method);
      parameters = direct.type();
      int count = direct.type().parameterCount();
      return direct
          .asFixedArity()
          .asType(MethodType.genericMethodType(count))
          .asSpreader(Object[].class, count);
    } catch (ExceptionInInitializerError e) {
      throw notInitialized(e);
    } catch (ClassNotFoundException | NoClassDefFoundError e) {
      if (e.getCause() instanceof ExceptionInInitializerError first) {
        // The JVM's word for a class whose initialization has failed before.
        throw notInitialized(first);
      }
      throw new DefinitionProblem(
          "a class is missing on the worker: class="
              + e.getMessage()
              + ", needed by="
              + displayName()
              + "; it must be on the driver's class path when Mobula.init() runs",
          e);
    } catch (NoSuchMethodException e) {
      throw new DefinitionProblem(
          "the worker's version of the class has no such method: method="
              + e.getMessage()
              + "; the driver runs another version of the class than the worker's class path has",
          e);
    } catch (IllegalAccessException | InaccessibleObjectException e) {
      throw new DefinitionProblem(
          "the method can't be reached: method=" + displayName() + ", reason=" + e.getMessage(), e);
    } catch (LinkageError e) {
      throw notInitialized(e);
    }
  }

  private DefinitionProblem notInitialized(LinkageError e) {
    return new DefinitionProblem(
        "the class can't be initialized on the worker: class="
            + descriptor.getClassName()
            + ", reason="
            + ThrowableText.of(e.getCause() == null ? e : e.getCause()),
        e);
  }

  private void refuseAbstract(Class<?> declaring, Executable method) throws DefinitionProblem {
    if (descriptor.getReferenceKind() == MethodHandleInfo.REF_newInvokeSpecial
        && Modifier.isAbstract(declaring.getModifiers())
        && method instanceof Constructor<?>) {
      throw new DefinitionProblem(
          "an abstract class can't be an actor: class=" + declaring.getName(), null);
    }
  }

  /** The method can't be called here, whatever the arguments. */
  public static final class DefinitionProblem extends Exception {
    private static final long serialVersionUID = 1L;

    DefinitionProblem(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
