package io.mobula.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.TypeVariableName;
import com.palantir.javapoet.WildcardTypeName;
import io.mobula.api.ActorHandle;
import io.mobula.api.ActorOptions;
import io.mobula.api.CallOptions;
import io.mobula.api.function.NamedFunction;
import io.mobula.api.spi.ActorOverrides;
import io.mobula.api.spi.RemoteCallable;
import io.mobula.api.spi.Stubs;
import java.util.List;
import java.util.function.Consumer;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;

/** Writes the stub of an actor: a typed wrapper of its handle, with the ways to create one. */
final class ActorStubWriter {
  private static final TypeName CALLABLE =
      ParameterizedTypeName.get(RemoteCallable.class, CallOptions.class);
  private static final TypeName OPTIONS_CHANGE =
      ParameterizedTypeName.get(
          ClassName.get(Consumer.class), WildcardTypeName.supertypeOf(ActorOptions.Builder.class));
  private static final String CREATE = "create";
  private static final String CREATOR = "Creator";

  private final TypeElement element;
  private final List<StubSignature> constructors;
  private final List<StubSignature> calls;
  private final ClassName stubName;
  private final StubMethods methods;
  private final List<TypeVariableName> variables;
  private final TypeName self;
  private final TypeName handleType;

  ActorStubWriter(RemoteClass model, ClassName stubName, StubMethods methods) {
    this.element = model.element();
    this.constructors = model.constructorSignatures();
    this.calls = model.methodSignatures();
    this.stubName = stubName;
    this.methods = methods;
    this.variables = element.getTypeParameters().stream().map(TypeVariableName::get).toList();
    this.self =
        variables.isEmpty()
            ? stubName
            : ParameterizedTypeName.get(stubName, variables.toArray(TypeName[]::new));
    this.handleType =
        ParameterizedTypeName.get(ClassName.get(ActorHandle.class), TypeName.get(element.asType()));
  }

  void addTo(TypeSpec.Builder stub) {
    methods.names().reserve("handle");
    methods.names().reserve("of", ActorHandle.class.getCanonicalName());
    methods.names().reserve("options", Consumer.class.getCanonicalName());
    addConstants(stub);
    stub.addField(handleType, "handle", Modifier.PRIVATE, Modifier.FINAL)
        .addMethod(
            MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addParameter(handleType, "handle")
                .addStatement("this.handle = handle")
                .build());
    TypeSpec.Builder creator = creator();
    addCreateMethods(stub, creator);
    stub.addMethod(optionsMethod()).addMethod(ofMethod()).addMethod(handleMethod());
    addCalls(stub);
    stub.addType(creator.build());
  }

  private void addConstants(TypeSpec.Builder stub) {
    ClassName actorClass = ClassName.get(element);
    for (int i = 0; i < constructors.size(); i++) {
      stub.addField(
          constant(NamedFunction.class, "CONSTRUCTOR_" + i)
              .initializer(
                  "$T.constructor($T.class$L)",
                  Stubs.class,
                  actorClass,
                  methods.classLiterals(constructors.get(i)))
              .build());
    }
    for (int i = 0; i < calls.size(); i++) {
      StubSignature call = calls.get(i);
      stub.addField(
          FieldSpec.builder(
                  CALLABLE, "METHOD_" + i, Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
              .initializer(
                  "$T.method($T.class, $S$L)",
                  Stubs.class,
                  ClassName.get(call.owner()),
                  call.name(),
                  methods.classLiterals(call))
              .build());
    }
  }

  private static FieldSpec.Builder constant(Class<?> type, String name) {
    return FieldSpec.builder(type, name, Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL);
  }

  // ---- creating ------------------------------------------------------------------------------

  private void addCreateMethods(TypeSpec.Builder stub, TypeSpec.Builder creator) {
    for (int i = 0; i < constructors.size(); i++) {
      StubSignature constructor = constructors.get(i);
      String name = methods.names().ofValues(CREATE, methods.erasedNames(constructor));
      addCreate(stub, creator, i, name, false);
    }
    for (int i = 0; i < constructors.size(); i++) {
      StubSignature constructor = constructors.get(i);
      if (constructor.parameterCount() > 0) {
        String name = methods.names().ofArgs(CREATE, methods.erasedNames(constructor));
        addCreate(stub, creator, i, name, true);
      }
    }
  }

  private void addCreate(
      TypeSpec.Builder stub, TypeSpec.Builder creator, int i, String name, boolean isArgs) {
    stub.addMethod(create(i, name, isArgs, true));
    creator.addMethod(create(i, name, isArgs, false));
  }

  private MethodSpec create(int i, String name, boolean isArgs, boolean isStatic) {
    StubSignature constructor = constructors.get(i);
    MethodSpec.Builder method =
        methods.method(
            name,
            constructor,
            isArgs,
            variables,
            CodeBlock.of("Creates a {@code $L} in a process of its own.", element.getSimpleName()),
            "the actor, at once");
    if (isStatic) {
      method.addModifiers(Modifier.STATIC);
    }
    return method
        .addModifiers(Modifier.PUBLIC)
        .returns(self)
        .addStatement(
            "return new $T($T.$L(CONSTRUCTOR_$L, $L, $L))",
            self,
            Stubs.class,
            isArgs ? "createArgs" : "create",
            i,
            isStatic ? CodeBlock.of("$T.NONE", ActorOverrides.class) : CodeBlock.of("this.options"),
            StubMethods.array(constructor, isArgs))
        .build();
  }

  private TypeSpec.Builder creator() {
    return TypeSpec.classBuilder(CREATOR)
        .addJavadoc("Creates actors with options.\n")
        .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
        .addField(ActorOverrides.class, "options", Modifier.PRIVATE, Modifier.FINAL)
        .addMethod(
            MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addParameter(ActorOverrides.class, "options")
                .addStatement("this.options = options")
                .build());
  }

  private MethodSpec optionsMethod() {
    return MethodSpec.methodBuilder("options")
        .addJavadoc(
            """
            Sets options of actors to create.

            @param change sets options on the builder that it is given
            @return what creates actors with these options\
            """)
        .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
        .addParameter(OPTIONS_CHANGE, "change")
        .returns(stubName.nestedClass(CREATOR))
        .addStatement(
            "return new $L($T.overrides($T.NONE, change))",
            CREATOR,
            ActorOptions.class,
            ActorOverrides.class)
        .build();
  }

  // ---- the wrapper ---------------------------------------------------------------------------

  private MethodSpec ofMethod() {
    MethodSpec.Builder method =
        MethodSpec.methodBuilder("of")
            .addJavadoc(
                "Wraps a handle, as of an actor found by its name.\n\n@param handle the handle");
    for (TypeVariableName variable : variables) {
      method.addJavadoc("\n@param <$L> as of the actor's class", variable.name());
    }
    return method
        .addJavadoc("\n@return the wrapper")
        .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
        .addTypeVariables(variables)
        .addParameter(handleType, "handle")
        .returns(self)
        .addStatement("return new $T(handle)", self)
        .build();
  }

  private MethodSpec handleMethod() {
    return MethodSpec.methodBuilder("handle")
        .addJavadoc("The actor's handle.\n\n@return the handle")
        .addModifiers(Modifier.PUBLIC)
        .returns(handleType)
        .addStatement("return handle")
        .build();
  }

  private void addCalls(TypeSpec.Builder stub) {
    for (int i = 0; i < calls.size(); i++) {
      StubSignature call = calls.get(i);
      stub.addMethod(
          call(i, methods.names().ofValues(call.name(), methods.erasedNames(call)), false));
    }
    for (int i = 0; i < calls.size(); i++) {
      StubSignature call = calls.get(i);
      if (call.parameterCount() > 0) {
        stub.addMethod(
            call(i, methods.names().ofArgs(call.name(), methods.erasedNames(call)), true));
      }
    }
  }

  private MethodSpec call(int i, String name, boolean isArgs) {
    StubSignature call = calls.get(i);
    MethodSpec.Builder method =
        methods.method(
            name,
            call,
            isArgs,
            List.of(),
            CodeBlock.of("Calls {@code $L.$L} of the actor.", element.getSimpleName(), call.name()),
            "the future result");
    if (call.element().getModifiers().contains(Modifier.PUBLIC)) {
      method.addModifiers(Modifier.PUBLIC);
    }
    return method
        .returns(methods.refOf(call.type().getReturnType()))
        .addStatement(
            "return $T.$L($L, METHOD_$L, $L)",
            Stubs.class,
            isArgs ? "callArgs" : "call",
            // A parameter may be called handle too.
            "this.handle",
            i,
            StubMethods.array(call, isArgs))
        .build();
  }
}
