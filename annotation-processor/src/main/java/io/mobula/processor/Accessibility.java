package io.mobula.processor;

import java.util.List;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;
import javax.lang.model.util.Elements;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a stub, which is a top-level class in the package of the class that it stands for,
 * can name a type.
 */
final class Accessibility {
  private final Elements elements;
  private final PackageElement stubPackage;

  Accessibility(Elements elements, PackageElement stubPackage) {
    this.elements = elements;
    this.stubPackage = stubPackage;
  }

  boolean canName(List<? extends TypeMirror> types) {
    return types.stream().allMatch(this::canName);
  }

  /**
   * Type variables always can be named: the stub declares them too, and their bounds are checked
   * where they are declared.
   */
  boolean canName(@Nullable TypeMirror type) {
    return switch (type) {
      case null -> true;
      case ArrayType array -> canName(array.getComponentType());
      case DeclaredType declared ->
          canName((TypeElement) declared.asElement())
              && canName(declared.getTypeArguments())
              && canName(declared.getEnclosingType());
      case WildcardType wildcard ->
          canName(wildcard.getExtendsBound()) && canName(wildcard.getSuperBound());
      default -> true;
    };
  }

  boolean canName(TypeElement type) {
    Element element = type;
    while (element instanceof TypeElement) {
      if (!isVisible(element)) {
        return false;
      }
      element = element.getEnclosingElement();
    }
    return true;
  }

  /** Whether the modifiers of a class or member let the stub's package see it. */
  boolean isVisible(Element element) {
    Set<Modifier> modifiers = element.getModifiers();
    return modifiers.contains(Modifier.PUBLIC)
        || (!modifiers.contains(Modifier.PRIVATE)
            && elements.getPackageOf(element).equals(stubPackage));
  }
}
