package io.mobula.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Decisions are made without a clock, a thread, a file or chance: only the listed edge classes
 * touch those.
 */
final class BannedCallsTest {
  @ParameterizedTest
  @EnumSource
  void shouldCallOnlyFromListedClassesWhenTheCallIsBanned(BannedCall ban) {
    AllowList allowed = AllowList.read(ban.allowListFile);
    List<String> violations = new ArrayList<>();
    for (Module module : Module.ofTheRuntime()) {
      if (module == Module.PROTO) {
        continue; // All generated.
      }
      for (JavaClass type : module.classes()) {
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          if (isBanned(ban, access) && !allowed.permits(topLevelNameOf(type))) {
            violations.add(access.getDescription());
          }
        }
      }
    }
    assertThat(violations)
        .as(
            "A class that %s. Inject it instead; if the class is an edge, add it with a reason to"
                + " %s",
            ban.description, allowed.location())
        .isEmpty();
    assertThat(allowed.unusedEntries())
        .as("Entries that excuse nothing; remove them from %s", allowed.location())
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void shouldFindThePlantedCallWhenTheCallIsBanned(BannedCall ban) {
    JavaClass planted = new ClassFileImporter().importClass(PlantedCalls.class);
    assertThat(planted.getAccessesFromSelf())
        .anyMatch(access ->
            isBanned(ban, access)
                && access.getOrigin().getName().equalsIgnoreCase(ban.name().replace("_", "")));
  }

  private static boolean isBanned(BannedCall ban, JavaAccess<?> access) {
    return ban.matches(access.getTargetOwner().getName(), access.getTarget().getName());
  }

  private static String topLevelNameOf(JavaClass type) {
    String name = type.getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }
}
