package io.mobula.examples.census;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts classes of which every instruction is known. */
final class CensusCounterTest {
  private static final ClassDesc CALLER = ClassDesc.of("shop.Caller");
  private static final ClassDesc CALLEE = ClassDesc.of("shop.Callee");
  private static final int STATIC = ClassFile.ACC_STATIC;

  @TempDir private Path folder;

  /**
   * Two fields, two methods; calls Callee twice, itself once, Object once; one wide instruction.
   */
  private static byte[] caller() {
    MethodTypeDesc run = MethodTypeDesc.of(CD_void);
    return ClassFile.of()
        .build(
            CALLER,
            type ->
                type.withField("a", CD_int, 0)
                    .withField("b", CD_int, 0)
                    .withMethodBody(
                        "run",
                        run,
                        STATIC,
                        code ->
                            code.invokestatic(CALLEE, "help", run)
                                .invokestatic(CALLEE, "help", run)
                                .invokestatic(CALLER, "run", run)
                                .aload(300)
                                .invokevirtual(CD_Object, "hashCode", MethodTypeDesc.of(CD_int))
                                .pop()
                                .return_())
                    .withMethod("nothing", run, ClassFile.ACC_NATIVE, method -> {}));
  }

  private static byte[] callee() {
    return ClassFile.of()
        .build(
            CALLEE,
            type ->
                type.withMethodBody(
                    "help", MethodTypeDesc.of(CD_void), STATIC, code -> code.return_()));
  }

  private Path jar(String name, Map<String, byte[]> entries) throws IOException {
    Path jar = folder.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return jar;
  }

  private static ClassTable table(Path... jars) throws IOException {
    return ClassTable.build(false, ClassFiles.list(List.of(jars)));
  }

  @Test
  void shouldCountEveryPartWhenClassesAreKnown() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("readme.txt", new byte[3]);
    entries.put("shop/Caller.class", caller());
    Path one = jar("one.jar", entries);
    Path two = jar("two.jar", Map.of("shop/Callee.class", callee()));

    ClassTable table = table(one, two);
    Census census = CensusCounter.count(table, 0, table.classCount());

    assertThat(census.modules())
        .isEqualTo(
            Map.of(
                one.toString(),
                new Totals(1, caller().length, 2, 2, 7, 4, 2, 0),
                two.toString(),
                new Totals(1, callee().length, 0, 1, 1, 0, 0, 2)));
    assertThat(census.opcodes())
        .isEqualTo(
            Map.of("invokestatic", 3L, "invokevirtual", 1L, "aload", 1L, "pop", 1L, "return", 2L));
    assertThat(census.calls())
        .isEqualTo(
            Map.of("shop.Callee.help", 2L, "shop.Caller.run", 1L, "java.lang.Object.hashCode", 1L));
  }

  @Test
  void shouldBeEqualToTheWholeWhenPartsAreMerged() throws IOException {
    ClassTable table = ClassTable.build(true, ClassFiles.list(List.of()).subList(0, 60));
    Census whole = CensusCounter.count(table, 0, 60);
    Census merged =
        Census.merge(
            List.of(
                CensusCounter.count(table, 0, 25),
                Census.EMPTY,
                CensusCounter.count(table, 25, 60)));
    assertThat(merged).isEqualTo(whole);
    assertThat(merged.differences(whole)).isEmpty();
    assertThat(merged.total().classes()).isEqualTo(60);
  }

  @Test
  void shouldNameTheClassWhenBytesAreNone() throws IOException {
    Path jar = jar("bad.jar", Map.of("shop/Bad.class", new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
    ClassTable table = table(jar);
    assertThatThrownBy(() -> CensusCounter.count(table, 0, 1))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("not a class file: " + jar + "/shop/Bad");
  }

  @Test
  void shouldNameTheJarWhenItIsNone() throws IOException {
    Path missing = folder.resolve("missing.jar");
    assertThatThrownBy(() -> ClassFiles.list(List.of(missing)))
        .hasMessageContaining("can't read the jar " + missing);
    Path text = Files.writeString(folder.resolve("text.jar"), "no zip");
    assertThatThrownBy(() -> ClassFiles.list(List.of(text)))
        .hasMessageContaining("not a jar: " + text);
  }
}
