package io.mobula.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BindingPatternTree;
import com.sun.source.tree.CaseLabelTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DeconstructionPatternTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.PatternCaseLabelTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A switch over the cases of a sealed interface has no default, so that a new message does not
 * compile until it is handled. Types are told apart by simple name, which the sources are parsed
 * for.
 */
final class SealedSwitchTest {
  @Test
  void shouldHaveNoDefaultWhenASwitchIsOverASealedType() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Module module : Module.ofTheRuntime()) {
      sources.addAll(module.mainSources());
    }
    assertThat(switchesWithDefault(sources)).isEmpty();
  }

  @Test
  void shouldFindThePlantedDefaultWhenASwitchIsOverASealedType(@TempDir Path folder)
      throws IOException {
    Path planted = folder.resolve("Planted.java");
    Files.writeString(
        planted,
        """
        class Planted {
          sealed interface Shape {}
          record Circle(int radius) implements Shape {}
          record Square(int side) implements Shape {}
          static int whole(Shape shape) {
            return switch (shape) { case Circle(int r) -> r; case Square s -> s.side(); };
          }
          static int cut(Shape shape) {
            return switch (shape) { case Circle(int r) -> r; default -> 0; };
          }
          static int open(Object value) {
            return switch (value) { case String s -> s.length(); default -> 0; };
          }
        }
        """);
    assertThat(switchesWithDefault(List.of(planted)))
        .singleElement()
        .asString()
        .contains("[Circle]");
  }

  static List<String> switchesWithDefault(List<Path> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources));
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse().forEach(units::add);
      SealedTypes sealedTypes = new SealedTypes();
      units.forEach(unit -> sealedTypes.scan(unit, null));
      Switches switches = new Switches(sealedTypes);
      units.forEach(unit -> switches.scan(unit, unit));
      return switches.found;
    }
  }

  /** Which classes implement which sealed interfaces. */
  private static final class SealedTypes extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final Set<String> sealedNames = new HashSet<>();
    private final Map<String, Set<String>> supertypesByName = new HashMap<>();

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
      String name = type.getSimpleName().toString();
      if (type.getKind() == Tree.Kind.INTERFACE
          && type.getModifiers().getFlags().contains(Modifier.SEALED)) {
        sealedNames.add(name);
      }
      Set<String> supertypes = supertypesByName.computeIfAbsent(name, key -> new HashSet<>());
      for (Tree supertype : type.getImplementsClause()) {
        supertypes.add(simpleNameOf(supertype));
      }
      return super.visitClass(type, null);
    }

    boolean isCaseOfASealedType(String name) {
      return supertypesByName.getOrDefault(name, Set.of()).stream().anyMatch(sealedNames::contains);
    }
  }

  private static final class Switches extends TreeScanner<@Nullable Void, CompilationUnitTree> {
    private final SealedTypes sealedTypes;
    private final List<String> found = new ArrayList<>();

    Switches(SealedTypes sealedTypes) {
      this.sealedTypes = sealedTypes;
    }

    @Override
    public @Nullable Void visitSwitch(SwitchTree tree, CompilationUnitTree unit) {
      check(tree.getCases(), unit);
      return super.visitSwitch(tree, unit);
    }

    @Override
    public @Nullable Void visitSwitchExpression(
        SwitchExpressionTree tree, CompilationUnitTree unit) {
      check(tree.getCases(), unit);
      return super.visitSwitchExpression(tree, unit);
    }

    private void check(List<? extends CaseTree> cases, CompilationUnitTree unit) {
      boolean hasDefault = false;
      List<String> patternTypes = new ArrayList<>();
      for (CaseTree branch : cases) {
        for (CaseLabelTree label : branch.getLabels()) {
          if (label instanceof DefaultCaseLabelTree) {
            hasDefault = true;
          } else if (label instanceof PatternCaseLabelTree pattern) {
            patternTypes.add(typeOf(pattern));
          }
        }
      }
      boolean isSealed =
          !patternTypes.isEmpty()
              && patternTypes.stream().allMatch(sealedTypes::isCaseOfASealedType);
      if (hasDefault && isSealed) {
        found.add(Module.nameOf(Path.of(unit.getSourceFile().getName())) + ": " + patternTypes);
      }
    }

    private static String typeOf(PatternCaseLabelTree label) {
      return switch (label.getPattern()) {
        case BindingPatternTree binding -> simpleNameOf(binding.getVariable().getType());
        case DeconstructionPatternTree record -> simpleNameOf(record.getDeconstructor());
        default -> "";
      };
    }
  }

  private static String simpleNameOf(Tree type) {
    String text = type.toString().replaceFirst("<.*", "");
    return text.substring(text.lastIndexOf('.') + 1);
  }
}
