package io.mobula.processor;

import com.palantir.javapoet.JavaFile;
import io.mobula.api.Remote;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;

/**
 * Checks every {@link Remote} and writes one stub class for each class that is an actor or has
 * remote methods.
 *
 * <p>The stub of {@code App} is {@code AppRemote}, in the same package; of a nested class {@code
 * Outer.Inner}, {@code Outer_InnerRemote}. It has
 *
 * <ul>
 *   <li>for each remote static method {@code f}, {@code f} with the same parameters, and {@code f}
 *       with an {@code Arg} for each;
 *   <li>for an actor, {@code create} for each constructor, {@code options(…).create}, {@code
 *       of(handle)}, {@code handle()}, and each method that is neither private nor static,
 *       inherited ones included, with the same two overloads.
 * </ul>
 *
 * <p>Where two methods would get the same erased signature, as the {@code Arg} overloads of
 * overloaded methods do, {@link StubNames} tells the names apart. What a class in the same package
 * can't name, such as a private nested class, has no stub, and a note says so. Classes inside
 * methods are not shown to annotation processors, so nothing is checked there.
 */
public final class RemoteProcessor extends AbstractProcessor {
  /** Classes with a type in their signatures that another processor is still to write. */
  private final Set<String> deferred = new LinkedHashSet<>();

  /** Made by the compiler, through its service file. */
  public RemoteProcessor() {}

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    // The others are on the stubs.
    return Set.of(
        Remote.class.getCanonicalName(),
        "org.jspecify.annotations.NullUnmarked",
        "javax.annotation.processing.Generated");
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latestSupported();
  }

  /** Claims its annotations: otherwise -Xlint:processing warns that no processor did. */
  @Override
  @SuppressWarnings("DoNotClaimAnnotations") // They are ours; nobody else's processor reads them.
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    List<TypeElement> classes = classesOf(round);
    deferred.clear();
    for (TypeElement remoteClass : classes) {
      if (!round.processingOver()) {
        process(remoteClass);
      }
    }
    return true;
  }

  private List<TypeElement> classesOf(RoundEnvironment round) {
    Set<TypeElement> classes = new LinkedHashSet<>();
    for (String name : deferred) {
      classes.add(processingEnv.getElementUtils().getTypeElement(name));
    }
    for (Element element : round.getElementsAnnotatedWith(Remote.class)) {
      boolean isClass = element.getKind().isClass() || element.getKind().isInterface();
      classes.add((TypeElement) (isClass ? element : element.getEnclosingElement()));
    }
    return new ArrayList<>(classes);
  }

  private void process(TypeElement remoteClass) {
    RemoteClass model = new RemoteClass(remoteClass, processingEnv);
    if (model.hasUnknownTypes()) {
      deferred.add(remoteClass.getQualifiedName().toString());
      return;
    }
    List<Problem> problems = model.problems();
    problems.forEach(problem -> problem.report(processingEnv.getMessager()));
    if (problems.stream().anyMatch(Problem::isError) || !model.hasStub()) {
      return;
    }
    write(remoteClass, new StubWriter(model, processingEnv).write());
  }

  private void write(TypeElement remoteClass, JavaFile stub) {
    try {
      stub.writeTo(processingEnv.getFiler());
    } catch (IOException e) {
      String name = stub.typeSpec().name();
      processingEnv
          .getMessager()
          .printMessage(
              Diagnostic.Kind.ERROR,
              "the stub of @Remote class can't be written: stub="
                  + name
                  + ": if a class of that name exists, rename it or this one: "
                  + e.getMessage(),
              remoteClass);
    }
  }
}
