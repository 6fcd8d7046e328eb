package io.mobula.processor;

import javax.annotation.processing.Messager;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.tools.Diagnostic;
import org.jspecify.annotations.Nullable;

/**
 * Something to tell the programmer.
 *
 * @param kind an error, or a note
 * @param message what is wrong, and the fix
 * @param element where
 * @param annotation where on the element, if it is about the annotation
 */
record Problem(
    Diagnostic.Kind kind, String message, Element element, @Nullable AnnotationMirror annotation) {
  static Problem error(Element element, String message) {
    return new Problem(Diagnostic.Kind.ERROR, message, element, null);
  }

  static Problem error(Element element, AnnotationMirror annotation, String message) {
    return new Problem(Diagnostic.Kind.ERROR, message, element, annotation);
  }

  static Problem note(Element element, String message) {
    return new Problem(Diagnostic.Kind.NOTE, message, element, null);
  }

  boolean isError() {
    return kind == Diagnostic.Kind.ERROR;
  }

  void report(Messager messager) {
    if (annotation == null) {
      messager.printMessage(kind, message, element);
    } else {
      messager.printMessage(kind, message, element, annotation);
    }
  }
}
