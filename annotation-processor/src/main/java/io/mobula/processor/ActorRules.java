package io.mobula.processor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/** What the class of an actor must be. */
final class ActorRules {
  private ActorRules() {}

  static List<Problem> check(TypeElement type) {
    return refusal(type)
        .map(reason -> List.of(Problem.error(type, message(type, reason))))
        .orElse(List.of());
  }

  private static String message(TypeElement type, String reason) {
    return "@Remote class can't be an actor: class=" + type.getQualifiedName() + ": " + reason;
  }

  private static Optional<String> refusal(TypeElement type) {
    ElementKind kind = type.getKind();
    if (kind != ElementKind.CLASS && kind != ElementKind.RECORD) {
      return Optional.of(
          "it is an "
              + kind.name().toLowerCase(Locale.ROOT).replace('_', ' ')
              + ": put @Remote on a class that can be created");
    }
    if (type.getModifiers().contains(Modifier.ABSTRACT)) {
      return Optional.of("it is abstract: put @Remote on a class that extends it");
    }
    if (type.getNestingKind() == NestingKind.MEMBER
        && !type.getModifiers().contains(Modifier.STATIC)) {
      return Optional.of(
          "it is an inner class, which can't be created without an object of its outer class: make"
              + " it static");
    }
    boolean isCreatable =
        ElementFilter.constructorsIn(type.getEnclosedElements()).stream()
            .anyMatch(TaskRules::takesFewEnoughArguments);
    if (!isCreatable) {
      return Optional.of(
          "every constructor has more than "
              + TaskRules.ARGUMENTS_MAX
              + " parameters: have one with fewer, for example by grouping some in a record");
    }
    return Optional.empty();
  }
}
