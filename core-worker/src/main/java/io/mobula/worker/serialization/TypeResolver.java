package io.mobula.worker.serialization;

import java.lang.reflect.Proxy;
import java.util.Arrays;

/**
 * Finds the classes that streams name, in one class loader.
 *
 * <p>Shared by all decoders of a {@link ValueCodec}; thread-safe by {@link DescriptorTable}.
 */
final class TypeResolver {
  private final ClassLoader loader;
  private final DescriptorTable resolved = new DescriptorTable();

  TypeResolver(ClassLoader loader) {
    this.loader = loader;
  }

  /** The codec of the descriptor that is next on the wire. */
  TypeCodec.Described next(WireReader wire) throws CorruptStreamException {
    int hash = wire.i32();
    int size = wire.count(wire.varint(), 1);
    TypeCodec.Described found = resolved.find(hash, size, wire);
    if (found != null) {
      return found;
    }
    byte[] bytes = wire.bytes(size);
    TypeDescriptor descriptor = TypeDescriptor.parse(bytes);
    Class<?> type = type(descriptor);
    if (!(TypeCodecs.described(type) instanceof TypeCodec.Described codec)
        || !Arrays.equals(codec.descriptor(), bytes)) {
      throw CodecFailures.unreadable(
          "class "
              + type.getTypeName()
              + " is not the same on both sides (other fields, constants or hooks): loader="
              + loader
              + "; run both with the same jars and the same JDK",
          null);
    }
    if (hash == DescriptorTable.hash(bytes)) {
      resolved.add(hash, codec);
    }
    return codec;
  }

  private Class<?> type(TypeDescriptor descriptor) {
    if (descriptor.form() != TypeDescriptor.PROXY) {
      return load(descriptor.names().getFirst());
    }
    Class<?>[] interfaces = descriptor.names().stream().map(this::load).toArray(Class<?>[]::new);
    try {
      return Proxy.newProxyInstance(loader, interfaces, (proxy, method, arguments) -> null)
          .getClass();
    } catch (IllegalArgumentException e) {
      throw CodecFailures.unreadable(
          "no proxy class can be made: interfaces=" + descriptor.names() + ", loader=" + loader, e);
    }
  }

  /** Loads a class by its name, without initializing it. */
  Class<?> load(String name) {
    Class<?> primitive = Class.forPrimitiveName(name);
    if (primitive != null) {
      return primitive;
    }
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw CodecFailures.missingClass(name, loader, e);
    }
  }
}
