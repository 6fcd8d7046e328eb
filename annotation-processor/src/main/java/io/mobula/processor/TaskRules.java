package io.mobula.processor;

import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;

/** What a remote method must be. */
final class TaskRules {
  static final int ARGUMENTS_MAX = 6;

  private TaskRules() {}

  static List<Problem> check(ExecutableElement method) {
    List<Problem> problems = new ArrayList<>();
    TypeElement owner = RemoteClass.ownerOf(method);
    String name = owner.getSimpleName() + "." + method.getSimpleName();
    if (!method.getModifiers().contains(Modifier.STATIC)) {
      problems.add(
          Problem.error(
              method,
              "@Remote method is not static: method="
                  + name
                  + ": make it static to be a task, or move @Remote to class "
                  + owner.getSimpleName()
                  + " to make that an actor, whose methods need no annotation"));
    }
    if (!takesFewEnoughArguments(method)) {
      problems.add(
          Problem.error(
              method,
              "@Remote method has too many parameters: method="
                  + name
                  + ", parameters="
                  + method.getParameters().size()
                  + ": have at most "
                  + ARGUMENTS_MAX
                  + ", for example by grouping some in a record"));
    }
    return problems;
  }

  static boolean takesFewEnoughArguments(ExecutableElement executable) {
    return executable.getParameters().size() <= ARGUMENTS_MAX;
  }
}
