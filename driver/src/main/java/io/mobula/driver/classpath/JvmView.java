package io.mobula.driver.classpath;

import java.lang.management.ManagementFactory;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM says of where its classes come from. Immutable.
 *
 * @param classPath the system property java.class.path
 * @param modules where the modules are that the JDK did not bring
 * @param loaders the class loaders of the program, each after its parents
 * @param arguments the JVM's arguments, those from files and from the environment too
 */
public record JvmView(
    String classPath, List<Path> modules, List<ClassLoader> loaders, List<String> arguments) {
  /** Copies. */
  public JvmView {
    modules = List.copyOf(modules);
    loaders = List.copyOf(loaders);
    arguments = List.copyOf(arguments);
  }

  /**
   * This JVM, for a program of which these classes are.
   *
   * @param context the class loader of the thread that begins; null if it has none
   */
  static JvmView current(List<Class<?>> classes, @Nullable ClassLoader context) {
    Set<Path> modules = new LinkedHashSet<>();
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    addModules(ModuleLayer.boot(), modules);
    for (Class<?> type : classes) {
      addModules(type.getModule().getLayer(), modules);
      addWithParents(type.getClassLoader(), loaders);
    }
    addWithParents(context, loaders);
    return new JvmView(
        System.getProperty("java.class.path", ""),
        List.copyOf(modules),
        List.copyOf(loaders),
        ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  private static void addModules(@Nullable ModuleLayer layer, Set<Path> modules) {
    if (layer == null) {
      return;
    }
    layer.parents().forEach(parent -> addModules(parent, modules));
    for (ResolvedModule module : layer.configuration().modules()) {
      Optional<URI> location = module.reference().location();
      if (location.isPresent() && "file".equals(location.get().getScheme())) {
        modules.add(Path.of(location.get()));
      }
    }
  }

  private static void addWithParents(@Nullable ClassLoader innermost, Set<ClassLoader> loaders) {
    List<ClassLoader> chain = new ArrayList<>();
    for (@Nullable ClassLoader loader = innermost; loader != null; loader = loader.getParent()) {
      chain.addFirst(loader);
    }
    loaders.addAll(chain);
  }
}
