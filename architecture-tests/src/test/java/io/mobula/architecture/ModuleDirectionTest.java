package io.mobula.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Dependencies point one way, as the architecture's module table says. */
final class ModuleDirectionTest {
  /** What a worker has on its class path. */
  private static final Set<Module> IN_A_WORKER =
      EnumSet.of(
          Module.PROTO, Module.CORE_API, Module.OBJECT_STORE, Module.AGENT, Module.CORE_WORKER);

  @ParameterizedTest
  @EnumSource
  void shouldLieBelowItsRootPackageWhenInAModule(Module module) {
    assertThat(module.classes()).allMatch(type -> module.owns(type.getName()));
  }

  @ParameterizedTest
  @EnumSource
  void shouldUseOnlyTheModulesOfTheTableWhenInAModule(Module module) {
    assertThat(
            dependencies(
                module,
                target -> {
                  Optional<Module> owner = ownerOf(target);
                  return owner.isPresent()
                      && owner.get() != module
                      && !module.mayUse().contains(owner.get());
                }))
        .as("%s may use only %s", module.folder, module.mayUse())
        .isEmpty();
  }

  @Test
  void shouldUseNoGrpcAndNoNettyWhenAWorkerLoadsIt() {
    for (Module module : IN_A_WORKER) {
      assertThat(
              dependencies(
                  module,
                  target -> target.startsWith("io.grpc.") || target.startsWith("io.netty.")))
          .isEmpty();
    }
  }

  @Test
  void shouldUseTheJdkAloneWhenItsListOfDependenciesIsTheShortest() {
    for (Module module : EnumSet.of(Module.CORE_API, Module.OBJECT_STORE)) {
      assertThat(
              dependencies(
                  module,
                  target ->
                      !target.startsWith("java.")
                          && !target.startsWith("org.jspecify.")
                          && !module.owns(target)))
          .isEmpty();
    }
  }

  @Test
  void shouldLogThroughTheJdkWhenItLogs() {
    AllowList allowed = AllowList.read("logging.txt");
    for (Module module : Module.ofTheRuntime()) {
      assertThat(
              dependencies(
                  module,
                  target ->
                      target.startsWith("java.util.logging.")
                          || target.startsWith("org.slf4j.")
                          || target.startsWith("org.apache.logging.")
                          || target.startsWith("ch.qos."),
                  allowed::permits))
          .isEmpty();
    }
    assertThat(allowed.unusedEntries()).isEmpty();
  }

  private static List<String> dependencies(Module module, Predicate<String> isUnwanted) {
    return dependencies(module, isUnwanted, origin -> false);
  }

  private static List<String> dependencies(
      Module module, Predicate<String> isUnwanted, Predicate<String> isExcused) {
    List<String> found = new ArrayList<>();
    for (JavaClass type : module.classes()) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (!target.isPrimitive()
            && isUnwanted.test(target.getName())
            && !isExcused.test(type.getName())) {
          found.add(dependency.getDescription());
        }
      }
    }
    return found;
  }

  private static Optional<Module> ownerOf(String className) {
    return Arrays.stream(Module.values()).filter(module -> module.owns(className)).findFirst();
  }
}
