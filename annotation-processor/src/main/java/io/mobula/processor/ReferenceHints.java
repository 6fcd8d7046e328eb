package io.mobula.processor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.PrimitiveType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/**
 * What to write where the compiler can't tell what a bare method reference means. {@code
 * Mobula.task} and {@code ActorHandle.call} are overloaded, so a reference tells them apart only if
 * it is exact: to a method that is not overloaded, has no type parameters and takes no variable
 * number of arguments, of a class that is not raw. Where it is not, the compiler says ten lines
 * about inference; a note at the declaration says what helps.
 */
final class ReferenceHints {
  private final TypeElement type;
  private final ProcessingEnvironment environment;
  private final String stub;

  /**
   * Hints for a class.
   *
   * @param stub the simple name of its stub; empty if it has none
   */
  ReferenceHints(TypeElement type, ProcessingEnvironment environment, String stub) {
    this.type = type;
    this.environment = environment;
    this.stub = stub;
  }

  List<Problem> ofTasks(List<ExecutableElement> tasks) {
    List<Problem> notes = new ArrayList<>();
    for (ExecutableElement task : tasks) {
      String why = whyNotExact(task, true);
      if (!why.isEmpty()) {
        String method = task.getSimpleName().toString();
        notes.add(
            Problem.note(
                task,
                "Mobula.task("
                    + name()
                    + "::"
                    + method
                    + ") does not compile, as "
                    + why
                    + ": write "
                    + (stub.isEmpty() ? "" : stub + "." + method + "(…) or ")
                    + "Mobula.task(("
                    + functionType(task, List.of())
                    + ") "
                    + name()
                    + "::"
                    + method
                    + ")"));
      }
    }
    return notes;
  }

  List<Problem> ofActor() {
    List<Problem> notes = new ArrayList<>();
    if (!type.getTypeParameters().isEmpty()) {
      notes.add(
          Problem.note(
              type,
              "call("
                  + name()
                  + "::method) does not compile, as "
                  + name()
                  + " has type parameters: write call("
                  + typeWithParameters()
                  + "::method), with types for "
                  + parameters()
                  + orStub("method")));
    }
    Set<String> seen = new HashSet<>();
    for (ExecutableElement method : ElementFilter.methodsIn(type.getEnclosedElements())) {
      boolean isCallable =
          !method.getModifiers().contains(Modifier.STATIC)
              && !method.getModifiers().contains(Modifier.PRIVATE)
              && TaskRules.takesFewEnoughArguments(method);
      String why = isCallable ? whyNotExact(method, false) : "";
      String name = method.getSimpleName().toString();
      if (!why.isEmpty() && seen.add(name)) {
        notes.add(
            Problem.note(
                method,
                "call("
                    + name()
                    + "::"
                    + name
                    + ") does not compile, as "
                    + why
                    + ": write call(("
                    + functionType(method, List.of(typeWithParameters()))
                    + ") "
                    + typeWithParameters()
                    + "::"
                    + name
                    + ", …)"
                    + orStub(name)));
      }
    }
    return notes;
  }

  private String orStub(String method) {
    return stub.isEmpty() ? "" : ", or " + stub + ".of(handle)." + method + "(…)";
  }

  /**
   * Empty if a reference to it is exact.
   *
   * @param isInside whether the class itself, which sees its private methods, is likely to refer
   */
  private String whyNotExact(ExecutableElement method, boolean isInside) {
    String name = method.getSimpleName().toString();
    long ofThatName =
        ElementFilter.methodsIn(environment.getElementUtils().getAllMembers(type)).stream()
            .filter(other -> other.getSimpleName().contentEquals(name))
            .filter(other -> isInside || !other.getModifiers().contains(Modifier.PRIVATE))
            .count();
    if (ofThatName > 1) {
      return name + " is overloaded";
    } else if (method.isVarArgs()) {
      return name + " takes a variable number of arguments";
    } else if (!method.getTypeParameters().isEmpty()) {
      return name + " has type parameters";
    }
    return "";
  }

  /** As in {@code Func2<Counter, Integer, String>}. */
  private String functionType(ExecutableElement method, List<String> first) {
    boolean isVoid = method.getReturnType().getKind() == TypeKind.VOID;
    int arguments = method.getParameters().size() + first.size();
    List<String> types =
        Stream.of(
                first.stream(),
                method.getParameters().stream().map(parameter -> boxed(parameter.asType())),
                isVoid ? Stream.<String>empty() : Stream.of(boxed(method.getReturnType())))
            .flatMap(part -> part)
            .toList();
    return (isVoid ? "VoidFunc" : "Func")
        + arguments
        + (types.isEmpty() ? "" : "<" + String.join(", ", types) + ">");
  }

  private String boxed(TypeMirror mirror) {
    TypeMirror whole =
        mirror instanceof PrimitiveType primitive
            ? environment.getTypeUtils().boxedClass(primitive).asType()
            : mirror;
    return whole.toString().replaceAll("\\b(?:[a-z]\\w*\\.)+", "");
  }

  private String name() {
    return type.getSimpleName().toString();
  }

  private String typeWithParameters() {
    return type.getTypeParameters().isEmpty() ? name() : name() + "<" + parameters() + ">";
  }

  private String parameters() {
    return type.getTypeParameters().stream()
        .map(parameter -> parameter.getSimpleName().toString())
        .collect(Collectors.joining(", "));
  }
}
