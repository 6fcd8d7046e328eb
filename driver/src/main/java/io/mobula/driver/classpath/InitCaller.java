package io.mobula.driver.classpath;

import io.mobula.api.Mobula;
import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which class of the program called {@code Mobula.init()}. */
public final class InitCaller {
  private InitCaller() {}

  /**
   * The caller.
   *
   * @return null if only classes of the JDK did, as when a thread was made of {@code Mobula::init}
   */
  public static @Nullable Class<?> find() {
    return StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).walk(InitCaller::find);
  }

  private static @Nullable Class<?> find(Stream<StackFrame> frames) {
    return frames
        .<Class<?>>map(StackFrame::getDeclaringClass)
        .dropWhile(type -> type != Mobula.class)
        .filter(type -> type != Mobula.class && !isOfJdk(type))
        .findFirst()
        .orElse(null);
  }

  private static boolean isOfJdk(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader == ClassLoader.getPlatformClassLoader();
  }
}
