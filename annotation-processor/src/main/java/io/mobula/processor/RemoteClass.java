package io.mobula.processor;

import io.mobula.api.Remote;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/**
 * A class that is an actor or has remote methods, as the compiler shows it: what is wrong with it,
 * and what of it gets a stub. What has no stub is still remote, through {@code Mobula.task} and
 * {@code Mobula.actor}.
 */
final class RemoteClass {
  private final TypeElement element;
  private final ProcessingEnvironment environment;
  private final Accessibility accessibility;
  private final boolean isActor;
  private final List<ExecutableElement> tasks;

  RemoteClass(TypeElement element, ProcessingEnvironment environment) {
    this.element = element;
    this.environment = environment;
    this.accessibility =
        new Accessibility(
            environment.getElementUtils(), environment.getElementUtils().getPackageOf(element));
    this.isActor = isRemote(element);
    this.tasks =
        ElementFilter.methodsIn(element.getEnclosedElements()).stream()
            .filter(RemoteClass::isRemote)
            .toList();
  }

  /** The class that declares a method or constructor. */
  static TypeElement ownerOf(ExecutableElement executable) {
    return (TypeElement) Objects.requireNonNull(executable.getEnclosingElement());
  }

  private static boolean isRemote(Element element) {
    return element.getAnnotation(Remote.class) != null;
  }

  TypeElement element() {
    return element;
  }

  boolean isActor() {
    return isActor;
  }

  /**
   * Whether a signature names a class that does not exist, yet or at all: the compiler reports it,
   * if it stays so.
   */
  boolean hasUnknownTypes() {
    List<ExecutableElement> signatures = new ArrayList<>(tasks);
    if (isActor) {
      signatures.addAll(ElementFilter.constructorsIn(element.getEnclosedElements()));
      signatures.addAll(instanceMethods());
    }
    return signatures.stream()
        .anyMatch(s ->
            isUnknown(s.getReturnType())
                || s.getParameters().stream().anyMatch(p -> isUnknown(p.asType())));
  }

  private static boolean isUnknown(TypeMirror type) {
    return type.getKind() == TypeKind.ERROR
        || (type instanceof DeclaredType declared
            && declared.getTypeArguments().stream().anyMatch(RemoteClass::isUnknown));
  }

  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (isActor) {
      problems.addAll(ActorRules.check(element));
      problems.addAll(OptionRules.check(element));
    }
    for (ExecutableElement task : tasks) {
      problems.addAll(TaskRules.check(task));
      problems.addAll(OptionRules.check(task));
    }
    if (problems.isEmpty()) {
      problems.addAll(withoutStub());
      ReferenceHints hints =
          new ReferenceHints(element, environment, hasStub() ? StubWriter.nameOf(element) : "");
      problems.addAll(hints.ofTasks(tasks));
      if (isActor) {
        problems.addAll(hints.ofActor());
      }
    }
    return problems;
  }

  boolean hasStub() {
    return accessibility.canName(element) && (isActor || !taskSignatures().isEmpty());
  }

  private List<Problem> withoutStub() {
    if (!accessibility.canName(element)) {
      return List.of(
          Problem.note(
              element,
              "no stub for "
                  + element.getQualifiedName()
                  + ", as it is private, or inside a class that is: make it package-private for"
                  + " one"));
    }
    return tasks.stream()
        .filter(task -> signature(task).isEmpty())
        .map(task ->
            Problem.note(
                task,
                "no stub for "
                    + task.getSimpleName()
                    + ", as a type in its signature is private: make that package-private for one"))
        .toList();
  }

  /** The remote static methods. */
  List<StubSignature> taskSignatures() {
    return signatures(tasks);
  }

  /** The constructors of an actor that take few enough arguments. */
  List<StubSignature> constructorSignatures() {
    return signatures(
        ElementFilter.constructorsIn(element.getEnclosedElements()).stream()
            .filter(TaskRules::takesFewEnoughArguments)
            .toList());
  }

  /**
   * The methods of an actor, inherited ones too, that are neither private nor static and take few
   * enough arguments.
   */
  List<StubSignature> methodSignatures() {
    return signatures(
        instanceMethods().stream().filter(TaskRules::takesFewEnoughArguments).toList());
  }

  private List<ExecutableElement> instanceMethods() {
    return ElementFilter.methodsIn(environment.getElementUtils().getAllMembers(element)).stream()
        .filter(m -> !m.getModifiers().contains(Modifier.STATIC))
        .filter(accessibility::isVisible)
        .filter(m -> !isOfObject(m))
        .toList();
  }

  private static boolean isOfObject(ExecutableElement method) {
    return ownerOf(method).getQualifiedName().contentEquals("java.lang.Object");
  }

  private List<StubSignature> signatures(List<ExecutableElement> executables) {
    return executables.stream().flatMap(e -> signature(e).stream()).toList();
  }

  /** Empty if the stub can't name a type of it. */
  private Optional<StubSignature> signature(ExecutableElement executable) {
    TypeElement owner = ownerOf(executable);
    ExecutableType type =
        (ExecutableType)
            (executable.getModifiers().contains(Modifier.STATIC)
                ? executable.asType()
                : environment
                    .getTypeUtils()
                    .asMemberOf((DeclaredType) element.asType(), executable));
    List<TypeMirror> erased =
        executable.getParameters().stream()
            .map(p -> environment.getTypeUtils().erasure(p.asType()))
            .toList();
    boolean canName =
        accessibility.canName(owner)
            && accessibility.canName(erased)
            && accessibility.canName(type.getParameterTypes())
            && accessibility.canName(type.getReturnType())
            && executable.getTypeParameters().stream()
                .allMatch(p -> accessibility.canName(p.getBounds()));
    return canName ? Optional.of(new StubSignature(executable, type, erased)) : Optional.empty();
  }
}
