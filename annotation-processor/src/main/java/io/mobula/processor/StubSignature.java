package io.mobula.processor;

import java.util.List;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeMirror;

/**
 * A method or constructor that gets a stub.
 *
 * @param element what the compiler shows
 * @param type its type as a member of the remote class, with the type arguments of superclasses
 *     filled in
 * @param erasedParameters the erased types of its parameters where it is declared: what it is found
 *     by
 */
record StubSignature(
    ExecutableElement element, ExecutableType type, List<TypeMirror> erasedParameters) {
  String name() {
    return element.getSimpleName().toString();
  }

  TypeElement owner() {
    return RemoteClass.ownerOf(element);
  }

  int parameterCount() {
    return erasedParameters.size();
  }
}
