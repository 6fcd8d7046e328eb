package io.mobula.driver.classpath;

import io.mobula.agent.session.SessionRoot;
import io.mobula.api.ErrorCode;
import io.mobula.api.MobulaException;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folders and jars that give a worker the classes of this program. Some may be copies of what
 * lies within a jar; {@link #close()} deletes these, when no worker needs them any more.
 */
public final class ProgramClasses implements AutoCloseable {
  private final List<Path> paths;
  private final NestedJars nested;

  private ProgramClasses(List<Path> paths, NestedJars nested) {
    this.paths = paths;
    this.nested = nested;
  }

  /**
   * Finds them.
   *
   * @param own the class that a worker begins with
   * @param caller a class of the program; null if none is known
   * @throws MobulaException if a worker could not find these two; the message says what to do
   */
  public static ProgramClasses find(Class<?> own, @Nullable Class<?> caller) {
    List<Class<?>> needed = caller == null ? List.of(own) : List.of(own, caller);
    JvmView view = JvmView.current(needed, Thread.currentThread().getContextClassLoader());
    return find(view, needed, SessionRoot.defaultPath(System.getenv(), System.getProperties()));
  }

  static ProgramClasses find(JvmView view, List<Class<?>> needed, Path root) {
    NestedJars nested = new NestedJars(root);
    boolean isFound = false;
    try {
      ClassPathSearch search = new ClassPathSearch(nested);
      search.addAll(view);
      for (Class<?> type : needed) {
        addSource(search, type);
      }
      List<Path> paths = search.paths();
      for (Class<?> type : needed) {
        if (!ClassFinder.isIn(type, paths)) {
          throw LaunchRefusal.of(type);
        }
      }
      isFound = true;
      return new ProgramClasses(paths, nested);
    } catch (IOException e) {
      throw new MobulaException(
          ErrorCode.START_FAILED, "the program's classes can't be read: " + e.getMessage(), e);
    } finally {
      if (!isFound) {
        closeQuietly(nested);
      }
    }
  }

  /** In the order of a class path. */
  public List<Path> paths() {
    return paths;
  }

  @Override
  public void close() {
    closeQuietly(nested);
  }

  /** A class loader of an unknown kind tells at least of the classes that it has loaded. */
  private static void addSource(ClassPathSearch search, Class<?> type) throws IOException {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    if (location != null && CodeLocation.of(location) != null) {
      search.addUrl(location);
    }
  }

  private static void closeQuietly(NestedJars nested) {
    try {
      nested.close();
    } catch (IOException e) {
      System.getLogger(ProgramClasses.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "copies of jars are left for the next start: {0}",
              e.getMessage());
    }
  }
}
