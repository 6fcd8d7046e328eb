package io.mobula.worker.function;

import io.mobula.api.ErrorCode;
import io.mobula.api.Remote;
import io.mobula.api.RemoteDefinitionException;
import io.mobula.api.function.NamedFunction;
import io.mobula.api.function.RemoteFunction;
import io.mobula.proto.FunctionDescriptor;
import io.mobula.worker.failure.ThrowableText;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a method reference or lambda refers to. Thread-safe.
 *
 * <h2>How it works</h2>
 *
 * <p>Remote functions are Serializable, so the compiler gives each lambda a {@code writeReplace}
 * that returns a {@link SerializedLambda}: the class, name and descriptor of the method behind it,
 * and the values it captured. One place in the source is one lambda class, so everything but the
 * captured values is found once a class and kept in a {@link ClassValue}, which lives as long as
 * the class. A function that captures nothing costs one such lookup a call.
 */
public final class FunctionResolver {
  private static final @Nullable Object[] NOTHING = new @Nullable Object[0];

  private final AtomicInteger lastNumber = new AtomicInteger();
  private final ConcurrentHashMap<NamedFunction, RemoteTarget> named = new ConcurrentHashMap<>();
  private final ClassValue<LambdaClass> lambdas =
      new ClassValue<>() {
        @Override
        protected LambdaClass computeValue(Class<?> type) {
          return new LambdaClass(writeReplace(type));
        }
      };

  /**
   * @throws RemoteDefinitionException if it can't be called remotely; the message says why
   */
  public ResolvedFunction resolve(RemoteFunction function) {
    if (function instanceof NamedFunction name) {
      return new ResolvedFunction(named.computeIfAbsent(name, this::byName), NOTHING);
    }
    LambdaClass lambda = lambdas.get(function.getClass());
    ResolvedFunction known = lambda.withoutCapture;
    if (known != null) {
      return known;
    }
    return lambda.writeReplace == null
        ? byInterface(function, lambda)
        : byLambda(function, lambda, lambda.writeReplace);
  }

  private ResolvedFunction byLambda(
      RemoteFunction function, LambdaClass lambda, MethodHandle writeReplace) {
    SerializedLambda form;
    try {
      form = (SerializedLambda) (Object) writeReplace.invoke((Object) function);
    } catch (Throwable e) {
      throw notRemote(function.getClass(), "its writeReplace failed: " + ThrowableText.of(e), e);
    }
    RemoteTarget target = lambda.target;
    if (target == null) {
      target = fromLambda(form, function.getClass());
      lambda.target = target;
    }
    if (form.getCapturedArgCount() == 0) {
      ResolvedFunction resolved = new ResolvedFunction(target, NOTHING);
      lambda.withoutCapture = resolved;
      return resolved;
    }
    @Nullable Object[] captured = new @Nullable Object[form.getCapturedArgCount()];
    for (int i = 0; i < captured.length; i++) {
      captured[i] = form.getCapturedArg(i);
    }
    return new ResolvedFunction(target, captured);
  }

  /** An object of a class that implements a function interface: the object itself is captured. */
  private ResolvedFunction byInterface(RemoteFunction function, LambdaClass lambda) {
    RemoteTarget target = lambda.target;
    if (target == null) {
      Method apply = functionMethod(function.getClass());
      FunctionDescriptor descriptor =
          describe(
              apply.getDeclaringClass().getName(), apply, MethodHandleInfo.REF_invokeInterface);
      target =
          new RemoteTarget(
              lastNumber.incrementAndGet(),
              descriptor,
              DisplayNames.ofClass(function.getClass().getName()),
              null);
      lambda.target = target;
    }
    return new ResolvedFunction(target, new @Nullable Object[] {function});
  }

  private RemoteTarget fromLambda(SerializedLambda form, Class<?> lambdaClass) {
    String className = form.getImplClass().replace('/', '.');
    FunctionDescriptor descriptor =
        FunctionDescriptor.newBuilder()
            .setClassName(className)
            .setMethodName(form.getImplMethodName())
            .setSignature(form.getImplMethodSignature())
            .setReferenceKind(form.getImplMethodKind())
            .build();
    Executable method;
    try {
      Class<?> declaring = Class.forName(className, false, lambdaClass.getClassLoader());
      method =
          MethodLookup.find(declaring, form.getImplMethodName(), form.getImplMethodSignature());
    } catch (ReflectiveOperationException | LinkageError e) {
      throw notRemote(lambdaClass, "its method can't be found: " + e.getMessage(), e);
    }
    return target(descriptor, method);
  }

  private RemoteTarget byName(NamedFunction name) {
    try {
      Class<?>[] parameters = name.parameterTypes().toArray(Class<?>[]::new);
      if (name.isConstructor()) {
        Constructor<?> constructor = name.declaringClass().getDeclaredConstructor(parameters);
        return target(
            describe(
                name.declaringClass().getName(),
                constructor,
                MethodHandleInfo.REF_newInvokeSpecial),
            constructor);
      }
      Method method = name.declaringClass().getDeclaredMethod(name.name(), parameters);
      int kind =
          Modifier.isStatic(method.getModifiers())
              ? MethodHandleInfo.REF_invokeStatic
              : MethodHandleInfo.REF_invokeVirtual;
      return target(describe(name.declaringClass().getName(), method, kind), method);
    } catch (NoSuchMethodException e) {
      throw new RemoteDefinitionException(
          ErrorCode.DEFINITION_INVALID,
          "no such method: "
              + e.getMessage()
              + "; the generated stub is older than the class: compile both again",
          e);
    }
  }

  private RemoteTarget target(FunctionDescriptor descriptor, Executable method) {
    String simpleClass = DisplayNames.ofClass(method.getDeclaringClass().getName());
    return method instanceof Constructor<?>
        ? new RemoteTarget(
            lastNumber.incrementAndGet(),
            descriptor,
            simpleClass,
            method.getDeclaringClass().getAnnotation(Remote.class))
        : new RemoteTarget(
            lastNumber.incrementAndGet(),
            descriptor,
            simpleClass + "." + method.getName(),
            method.getAnnotation(Remote.class));
  }

  private static FunctionDescriptor describe(String className, Executable method, int kind) {
    MethodType type =
        method instanceof Method plain
            ? MethodType.methodType(plain.getReturnType(), plain.getParameterTypes())
            : MethodType.methodType(void.class, method.getParameterTypes());
    return FunctionDescriptor.newBuilder()
        .setClassName(className)
        .setMethodName(method instanceof Method ? method.getName() : MethodLookup.CONSTRUCTOR_NAME)
        .setSignature(type.toMethodDescriptorString())
        .setReferenceKind(kind)
        .build();
  }

  private static Method functionMethod(Class<?> type) {
    for (Class<?> here = type; here != null; here = here.getSuperclass()) {
      for (Class<?> candidate : here.getInterfaces()) {
        if (RemoteFunction.class.isAssignableFrom(candidate)) {
          for (Method method : candidate.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers())) {
              return method;
            }
          }
        }
      }
    }
    throw notRemote(type, "it implements none of the function interfaces directly", null);
  }

  private static @Nullable MethodHandle writeReplace(Class<?> type) {
    Method method;
    try {
      method = type.getDeclaredMethod("writeReplace");
    } catch (NoSuchMethodException e) {
      return null;
    }
    if (!type.isHidden() && !type.isSynthetic()) {
      return null;
    }
    try {
      method.setAccessible(true);
      return MethodHandles.lookup().unreflect(method);
    } catch (RuntimeException | IllegalAccessException e) {
      throw notRemote(type, ClosedPackage.reason(type, FunctionResolver.class.getModule()), e);
    }
  }

  private static RemoteDefinitionException notRemote(
      Class<?> type, String why, @Nullable Throwable cause) {
    return new RemoteDefinitionException(
        ErrorCode.DEFINITION_INVALID,
        "the function can't be called remotely: function=" + type.getName() + ", reason=" + why,
        cause);
  }

  /**
   * What is known of the lambdas of one class. The two fields are filled in by whoever comes first,
   * perhaps by two threads at once with equal values that differ in their number only; both numbers
   * work.
   */
  private static final class LambdaClass {
    private final @Nullable MethodHandle writeReplace;
    private volatile @Nullable RemoteTarget target;
    private volatile @Nullable ResolvedFunction withoutCapture;

    LambdaClass(@Nullable MethodHandle writeReplace) {
      this.writeReplace = writeReplace;
    }
  }
}
