package io.mobula.processor;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeVariableName;
import com.palantir.javapoet.WildcardTypeName;
import io.mobula.api.Arg;
import io.mobula.api.ObjectRef;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Types;

/**
 * The pieces that all stub methods share: parameters as values or as {@code Arg}s, result types,
 * arrays of arguments, and names.
 */
final class StubMethods {
  private final Types types;
  private final StubNames names = new StubNames();

  StubMethods(Types types) {
    this.types = types;
  }

  StubNames names() {
    return names;
  }

  static MethodSpec privateConstructor() {
    return MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE).build();
  }

  /**
   * Starts a method with the signature's type parameters, and its parameters as values or as {@code
   * Arg}s, documented so that the strictest doclint is satisfied.
   *
   * @param outer type parameters that the method has besides
   */
  MethodSpec.Builder method(
      String name,
      StubSignature signature,
      boolean isArgs,
      List<TypeVariableName> outer,
      CodeBlock what,
      String returns) {
    MethodSpec.Builder method = MethodSpec.methodBuilder(name).addJavadoc("$L\n", what);
    List<TypeVariableName> variables = new ArrayList<>(outer);
    for (TypeParameterElement parameter : signature.element().getTypeParameters()) {
      variables.add(TypeVariableName.get(parameter));
    }
    method.addTypeVariables(variables);
    for (int i = 0; i < signature.parameterCount(); i++) {
      TypeMirror type = signature.type().getParameterTypes().get(i);
      method.addParameter(isArgs ? argOf(type) : TypeName.get(type), parameterName(signature, i));
      method.addJavadoc("\n@param $L the argument", parameterName(signature, i));
    }
    for (TypeVariableName variable : variables) {
      method.addJavadoc("\n@param <$L> as of the original", variable.name());
    }
    return method.addJavadoc("\n@return $L", returns);
  }

  TypeName refOf(TypeMirror result) {
    return ParameterizedTypeName.get(ClassName.get(ObjectRef.class), boxed(result));
  }

  private TypeName argOf(TypeMirror type) {
    return ParameterizedTypeName.get(
        ClassName.get(Arg.class), WildcardTypeName.subtypeOf(boxed(type)));
  }

  private static TypeName boxed(TypeMirror type) {
    TypeName name = TypeName.get(type);
    return name.isPrimitive() || name.equals(TypeName.VOID) ? name.box() : name;
  }

  /** {@code new Object[] {a, b}}, or the same of {@code Arg}s. */
  static CodeBlock array(StubSignature signature, boolean isArgs) {
    CodeBlock type = isArgs ? CodeBlock.of("$T<?>", Arg.class) : CodeBlock.of("$T", Object.class);
    List<String> parameters =
        signature.element().getParameters().stream()
            .map(p -> p.getSimpleName().toString())
            .toList();
    return CodeBlock.of("new $L[] {$L}", type, String.join(", ", parameters));
  }

  /** The erased parameter types as class literals, each with a comma before it. */
  CodeBlock classLiterals(StubSignature signature) {
    return signature.erasedParameters().stream()
        .map(type -> CodeBlock.of(", $T.class", TypeName.get(type)))
        .collect(CodeBlock.joining(""));
  }

  /** The erased types of the parameters as the stub has them, to tell overloads apart. */
  List<String> erasedNames(StubSignature signature) {
    return signature.type().getParameterTypes().stream()
        .map(type -> TypeName.get(types.erasure(type)).toString())
        .toList();
  }

  private static String parameterName(StubSignature signature, int i) {
    return signature.element().getParameters().get(i).getSimpleName().toString();
  }
}
