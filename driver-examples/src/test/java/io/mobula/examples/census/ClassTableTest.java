package io.mobula.examples.census;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClassTableTest {
  private static final List<ClassFiles.Name> NAMES =
      List.of(
          new ClassFiles.Name("one", "a/A"),
          new ClassFiles.Name("one", "a/Bé"),
          new ClassFiles.Name("two", "a/A"),
          new ClassFiles.Name("two", "module-info"));

  @Test
  void shouldReturnWhatWasBuiltWhenReadElsewhere() {
    ClassTable table = ClassTable.of(ClassTable.build(false, NAMES).memory());
    assertThat(table.isJdk()).isFalse();
    assertThat(table.containerCount()).isEqualTo(2);
    assertThat(table.classCount()).isEqualTo(NAMES.size());
    for (int i = 0; i < NAMES.size(); i++) {
      assertThat(table.className(i)).isEqualTo(NAMES.get(i).name());
      assertThat(table.container(table.containerOf(i))).isEqualTo(NAMES.get(i).container());
    }
  }

  @Test
  void shouldFindTheFirstWhenTwoContainersHaveAClass() {
    ClassTable table = ClassTable.build(true, NAMES);
    assertThat(table.isJdk()).isTrue();
    assertThat(table.find("a/A")).isZero();
    assertThat(table.find("a/Bé")).isEqualTo(1);
    assertThat(table.find("a/C")).isEqualTo(-1);
  }

  @Test
  void shouldFindEveryClassWhenTableHoldsTheWholeJdk() throws IOException {
    List<ClassFiles.Name> names = ClassFiles.list(List.of());
    ClassTable table = ClassTable.build(true, names);
    assertThat(names).hasSizeGreaterThan(5_000);
    assertThat(table.memory().byteSize()).isGreaterThan(100 << 10);
    for (int i = 0; i < names.size(); i++) {
      assertThat(table.className(table.find(names.get(i).name()))).isEqualTo(names.get(i).name());
    }
  }
}
