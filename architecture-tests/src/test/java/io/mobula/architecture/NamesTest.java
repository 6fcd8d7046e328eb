package io.mobula.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Names say a role: those that say none hide a second job. */
final class NamesTest {
  private static final Pattern EMPTY_NAME =
      Pattern.compile(".*(Manager|Helper|Utils?|Impl|Base|Common|Data|Info)$");

  @Test
  void shouldSayARoleWhenAClassIsNamed() {
    AllowList allowed = AllowList.read("names.txt");
    List<String> violations = new ArrayList<>();
    for (Module module : Module.values()) {
      if (module == Module.PROTO) {
        continue;
      }
      for (JavaClass type : module.classes()) {
        boolean isGenerated = type.getPackageName().equals("io.mobula.rpc.proto");
        if (!isGenerated
            && EMPTY_NAME.matcher(type.getSimpleName()).matches()
            && !allowed.permits(type.getName())) {
          violations.add(type.getName());
        }
      }
    }
    assertThat(violations).as("Rename, or give the reason in %s", allowed.location()).isEmpty();
    assertThat(allowed.unusedEntries()).isEmpty();
  }
}
