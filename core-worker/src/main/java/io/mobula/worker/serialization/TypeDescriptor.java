package io.mobula.worker.serialization;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What a stream says of a class before its first instance: how it is encoded, its name, and all
 * that must be equal on both sides.
 *
 * <pre>
 * descriptor := hash:i32 size:varint form:u8 names:u8 name{names} shape
 * name       := size:u16 utf8            shape := bytes (field names, types, hooks, constants)
 * </pre>
 *
 * The reader builds its own descriptor of the named class and compares the bytes: classes that
 * differ between the sides are found before a value is misread.
 *
 * @param form one of the constants below
 * @param names the class, or for a proxy its interfaces
 * @param shape everything else
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by its bytes alone.
record TypeDescriptor(int form, List<String> names, byte[] shape) {
  static final int LAYERED = 1;
  static final int RECORD = 2;
  static final int ENUM = 3;
  static final int ARRAY = 4;
  static final int EXTERNAL = 5;
  static final int PROXY = 6;

  static TypeDescriptor of(int form, Class<?> type, byte[] shape) {
    return new TypeDescriptor(form, List.of(type.getName()), shape);
  }

  /** The bytes from {@code form} on. */
  byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(form);
    out.write(names.size());
    for (String name : names) {
      Shape.name(out, name);
    }
    out.writeBytes(shape);
    return out.toByteArray();
  }

  static TypeDescriptor parse(byte[] bytes) throws CorruptStreamException {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int form = in.get();
      String[] names = new String[in.get() & 0xFF];
      for (int i = 0; i < names.length; i++) {
        byte[] utf8 = new byte[in.getShort() & 0xFFFF];
        in.get(utf8);
        names[i] = new String(utf8, StandardCharsets.UTF_8);
      }
      if (names.length == 0) {
        throw new CorruptStreamException("type descriptor without a name");
      }
      return new TypeDescriptor(
          form, List.of(names), Arrays.copyOfRange(bytes, in.position(), bytes.length));
    } catch (java.nio.BufferUnderflowException e) {
      throw new CorruptStreamException("type descriptor cut short: sizeBytes=" + bytes.length);
    }
  }

  /** Builds the shape part. */
  static final class Shape {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Shape add(String name) {
      name(out, name);
      return this;
    }

    Shape add(int small) {
      out.write(small);
      return this;
    }

    Shape add(FieldSlot[] slots) {
      for (FieldSlot slot : slots) {
        out.write(slot.code());
        name(out, slot.name());
      }
      out.write(0);
      return this;
    }

    byte[] toBytes() {
      return out.toByteArray();
    }

    private static void name(ByteArrayOutputStream out, String name) {
      byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
      out.write(utf8.length);
      out.write(utf8.length >>> 8);
      out.writeBytes(utf8);
    }
  }
}
