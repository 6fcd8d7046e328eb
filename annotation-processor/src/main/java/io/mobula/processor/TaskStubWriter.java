package io.mobula.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import io.mobula.api.spi.RemoteCallable;
import io.mobula.api.spi.Stubs;
import io.mobula.api.spi.TaskOverrides;
import java.util.List;
import javax.lang.model.element.Modifier;

/** Writes the stubs of remote static methods. */
final class TaskStubWriter {
  private static final TypeName CALLABLE =
      ParameterizedTypeName.get(RemoteCallable.class, TaskOverrides.class);

  private final RemoteClass model;
  private final StubMethods methods;

  TaskStubWriter(RemoteClass model, StubMethods methods) {
    this.model = model;
    this.methods = methods;
  }

  void addTo(TypeSpec.Builder stub) {
    List<StubSignature> tasks = model.taskSignatures();
    for (int i = 0; i < tasks.size(); i++) {
      stub.addField(
          FieldSpec.builder(
                  CALLABLE, constant(i), Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
              .initializer(
                  "$T.task($T.class, $S$L)",
                  Stubs.class,
                  ClassName.get(model.element()),
                  tasks.get(i).name(),
                  methods.classLiterals(tasks.get(i)))
              .build());
    }
    for (int i = 0; i < tasks.size(); i++) {
      StubSignature task = tasks.get(i);
      String name = methods.names().ofValues(task.name(), methods.erasedNames(task));
      stub.addMethod(method(task, constant(i), name, false));
    }
    for (int i = 0; i < tasks.size(); i++) {
      StubSignature task = tasks.get(i);
      if (task.parameterCount() > 0) {
        String name = methods.names().ofArgs(task.name(), methods.erasedNames(task));
        stub.addMethod(method(task, constant(i), name, true));
      }
    }
  }

  private MethodSpec method(StubSignature task, String constant, String name, boolean isArgs) {
    MethodSpec.Builder method =
        methods.method(
            name,
            task,
            isArgs,
            List.of(),
            CodeBlock.of(
                "Runs {@code $L.$L} remotely.", model.element().getSimpleName(), task.name()),
            "the future result");
    if (task.element().getModifiers().contains(Modifier.PUBLIC)) {
      method.addModifiers(Modifier.PUBLIC);
    }
    return method
        .addModifiers(Modifier.STATIC)
        .returns(methods.refOf(task.type().getReturnType()))
        .addStatement(
            "return $T.$L($L, $L)",
            Stubs.class,
            isArgs ? "submitArgs" : "submit",
            constant,
            StubMethods.array(task, isArgs))
        .build();
  }

  private static String constant(int i) {
    return "TASK_" + i;
  }
}
