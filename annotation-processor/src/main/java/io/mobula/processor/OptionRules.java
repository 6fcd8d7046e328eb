package io.mobula.processor;

import io.mobula.api.ActorOptions;
import io.mobula.api.ConfigurationException;
import io.mobula.api.Remote;
import io.mobula.api.TaskOptions;
import io.mobula.api.spi.ActorOverrides;
import io.mobula.api.spi.TaskOverrides;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/**
 * The rules for the options of a {@link Remote}: the ones that belong to the annotated element, in
 * the ranges that the API itself checks when the program runs.
 */
final class OptionRules {
  private static final Set<String> ACTOR_ONLY =
      Set.of("namespace", "maxRestarts", "maxTaskRetries", "maxConcurrency");
  private static final Set<String> TASK_ONLY = Set.of("maxRetries", "isolation");

  /** How the compiler shows a value that it could not evaluate, and has reported itself. */
  private static final String ERROR_VALUE = "<error>";

  private OptionRules() {}

  static List<Problem> check(Element element) {
    AnnotationMirror annotation = annotationOf(element);
    boolean isActor = element instanceof TypeElement;
    Map<String, Object> explicit = explicitOptions(annotation);
    if (explicit.containsValue(ERROR_VALUE)) {
      return List.of();
    }
    List<Problem> problems = new ArrayList<>();
    for (String option : explicit.keySet()) {
      if ((isActor ? TASK_ONLY : ACTOR_ONLY).contains(option)) {
        problems.add(
            Problem.error(
                element,
                annotation,
                "@Remote option refused: "
                    + option
                    + (isActor
                        ? " is an option of tasks, and this is an actor: remove it"
                        : " is an option of actors, and this is a task: remove it, or put it on the"
                            + " actor's class")));
      }
    }
    if (explicit.get("numCpus") instanceof Double cpus && cpus == Remote.CPUS_NOT_SET) {
      problems.add(
          Problem.error(
              element,
              annotation,
              "@Remote option refused: numCpus=" + cpus + ": give 0 or more, or do not set it"));
    }
    try {
      checkRanges(element.getAnnotation(Remote.class), isActor);
    } catch (ConfigurationException e) {
      problems.add(Problem.error(element, annotation, "@Remote " + e.getMessage()));
    }
    return problems;
  }

  private static void checkRanges(Remote remote, boolean isActor) {
    Record options =
        isActor
            ? ActorOptions.merge(remote, ActorOverrides.NONE)
            : TaskOptions.merge(remote, TaskOverrides.NONE);
    assert options != null : "merging checks, and returns the options";
  }

  private static AnnotationMirror annotationOf(Element element) {
    return element.getAnnotationMirrors().stream()
        .filter(OptionRules::isRemote)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isRemote(AnnotationMirror annotation) {
    TypeElement type = (TypeElement) annotation.getAnnotationType().asElement();
    return type.getQualifiedName().contentEquals(Remote.class.getCanonicalName());
  }

  private static Map<String, Object> explicitOptions(AnnotationMirror annotation) {
    return annotation.getElementValues().entrySet().stream()
        .collect(
            Collectors.toMap(
                e -> e.getKey().getSimpleName().toString(), e -> valueOf(e.getValue())));
  }

  private static Object valueOf(AnnotationValue value) {
    return value.getValue();
  }
}
