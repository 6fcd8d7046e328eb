package io.mobula.processor;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.TypeVariableName;
import javax.annotation.processing.Generated;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;

/** Writes the stub class of one remote class. */
final class StubWriter {
  private static final String SUFFIX = "Remote";

  /** By name: the compiled program has the annotation, the processor need not. */
  private static final ClassName NULL_UNMARKED =
      ClassName.get("org.jspecify.annotations", "NullUnmarked");

  private final RemoteClass model;
  private final ProcessingEnvironment environment;

  StubWriter(RemoteClass model, ProcessingEnvironment environment) {
    this.model = model;
    this.environment = environment;
  }

  JavaFile write() {
    TypeElement element = model.element();
    PackageElement stubPackage = environment.getElementUtils().getPackageOf(element);
    ClassName stubName = ClassName.get(stubPackage.getQualifiedName().toString(), nameOf(element));
    TypeSpec.Builder stub =
        TypeSpec.classBuilder(stubName)
            .addOriginatingElement(element)
            .addJavadoc("Typed stubs of what is remote in {@link $T}.\n", ClassName.get(element))
            .addAnnotation(
                AnnotationSpec.builder(Generated.class)
                    .addMember("value", "$S", RemoteProcessor.class.getCanonicalName())
                    .build())
            .addAnnotation(NULL_UNMARKED)
            .addAnnotation(
                AnnotationSpec.builder(SuppressWarnings.class)
                    .addMember(
                        "value",
                        "{$S, $S, $S, $S, $S}",
                        "auxiliaryclass",
                        "deprecation",
                        "rawtypes",
                        "removal",
                        "overloads")
                    .build())
            .addModifiers(Modifier.FINAL);
    if (isPublic(element)) {
      stub.addModifiers(Modifier.PUBLIC);
    }
    StubMethods methods = new StubMethods(environment.getTypeUtils());
    if (model.isActor()) {
      for (TypeParameterElement parameter : element.getTypeParameters()) {
        stub.addTypeVariable(TypeVariableName.get(parameter));
        stub.addJavadoc("\n@param <$L> as of the actor's class", parameter);
      }
      new ActorStubWriter(model, stubName, methods).addTo(stub);
    } else {
      stub.addMethod(StubMethods.privateConstructor());
    }
    new TaskStubWriter(model, methods).addTo(stub);
    return JavaFile.builder(stubPackage.getQualifiedName().toString(), stub.build())
        .skipJavaLangImports(true)
        .build();
  }

  /** {@code Outer_InnerRemote} for {@code Outer.Inner}. */
  static String nameOf(TypeElement element) {
    StringBuilder name = new StringBuilder(element.getSimpleName()).append(SUFFIX);
    for (Element outer = element.getEnclosingElement();
        outer instanceof TypeElement;
        outer = outer.getEnclosingElement()) {
      name.insert(0, outer.getSimpleName() + "_");
    }
    return name.toString();
  }

  private static boolean isPublic(TypeElement element) {
    for (Element e = element; e instanceof TypeElement; e = e.getEnclosingElement()) {
      if (!e.getModifiers().contains(Modifier.PUBLIC)) {
        return false;
      }
    }
    return true;
  }
}
