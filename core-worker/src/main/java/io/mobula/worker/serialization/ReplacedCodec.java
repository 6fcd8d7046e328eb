package io.mobula.worker.serialization;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** Writes what an object's own {@code writeReplace} gives in its place; lambdas have one too. */
final class ReplacedCodec extends TypeCodec.Indirect {
  private final Class<?> type;
  private final MethodHandle writeReplace;

  ReplacedCodec(Class<?> type, MethodHandle writeReplace) {
    this.type = type;
    this.writeReplace = writeReplace;
  }

  /** The codec for instances that replaced themselves by themselves, or by another of the class. */
  TypeCodec inner() {
    return Inner.CODECS.get(type);
  }

  @Override
  void write(GraphEncoder out, Object value) throws Throwable {
    Object replacement = (@Nullable Object) writeReplace.invokeExact(value);
    if (replacement != null && replacement.getClass() == type) {
      out.as(replacement, inner());
    } else {
      out.replaced(value, replacement);
    }
  }

  /** Built when first needed: a class that always replaces itself need not be encodable. */
  private static final class Inner {
    static final ClassValue<TypeCodec> CODECS =
        new ClassValue<>() {
          @Override
          protected TypeCodec computeValue(Class<?> type) {
            return TypeCodecs.plain(type);
          }
        };
  }
}
