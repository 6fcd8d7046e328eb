package io.mobula.worker.serialization;

import java.io.IOException;
import java.io.NotActiveException;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.lang.invoke.MethodHandle;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stream that {@code writeObject} and {@code writeExternal} methods see: all they write goes to
 * the encoder's wire.
 *
 * <p>Owner: the thread that encodes. Hooks nest, so what is current is saved around each.
 */
final class HookOutput extends ObjectOutputStream {
  private final GraphEncoder encoder;
  private @Nullable Layer layer;
  private @Nullable Object owner;
  private @Nullable PutSlots pending;
  private int objectCount;
  private @Nullable Object lastObject;

  HookOutput(GraphEncoder encoder) throws IOException {
    this.encoder = encoder;
  }

  /** Runs a hook of {@code newLayer} on {@code newOwner}; layer is null for writeExternal. */
  void run(@Nullable Layer newLayer, Object newOwner, MethodHandle hook) throws Throwable {
    Layer savedLayer = layer;
    Object savedOwner = owner;
    PutSlots savedPending = pending;
    int savedCount = objectCount;
    Object savedObject = lastObject;
    layer = newLayer;
    owner = newOwner;
    pending = null;
    objectCount = 0;
    hook.invokeExact(newOwner, (ObjectOutputStream) this);
    layer = savedLayer;
    owner = savedOwner;
    pending = savedPending;
    objectCount = savedCount;
    lastObject = savedObject;
  }

  /** Forgets everything, after a failure too. */
  void clear() {
    layer = null;
    owner = null;
    pending = null;
    lastObject = null;
  }

  @Override
  protected void writeObjectOverride(@Nullable Object value) throws IOException {
    encoder.childOfHook(labelOfNext(value), objectCount++, value);
    lastObject = value;
  }

  /** Maps write keys and values in turn, collections their elements: so paths can name them. */
  private @Nullable Object labelOfNext(@Nullable Object value) {
    if (owner instanceof Map) {
      return new GraphPath.Key(objectCount % 2 == 0 ? value : lastObject);
    }
    return owner instanceof Collection ? GraphPath.INDEX : GraphPath.HIDDEN;
  }

  @Override
  public void writeUnshared(@Nullable Object value) throws IOException {
    writeObjectOverride(value);
  }

  @Override
  public void defaultWriteObject() throws IOException {
    try {
      activeLayer().writeFields(encoder, activeOwner());
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  @Override
  public PutField putFields() throws IOException {
    if (pending == null) {
      pending = new PutSlots(activeLayer());
    }
    return pending;
  }

  @Override
  public void writeFields() throws IOException {
    PutSlots slots = pending;
    if (slots == null) {
      throw new NotActiveException("no current PutField object");
    }
    pending = null;
    slots.write(encoder);
  }

  private Layer activeLayer() throws NotActiveException {
    if (layer == null) {
      throw new NotActiveException("not in a call to writeObject");
    }
    return layer;
  }

  private Object activeOwner() throws NotActiveException {
    if (owner == null) {
      throw new NotActiveException("not in a call to writeObject");
    }
    return owner;
  }

  @Override
  public void reset() {}

  @Override
  public void flush() {}

  @Override
  protected void drain() {}

  @Override
  public void close() {}

  @Override
  public void write(int value) {
    encoder.wire.u8(value);
  }

  @Override
  public void write(byte[] bytes) {
    encoder.wire.bytes(bytes, 0, bytes.length);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
    encoder.wire.bytes(bytes, offset, length);
  }

  @Override
  public void writeBoolean(boolean value) {
    encoder.wire.u8(value ? 1 : 0);
  }

  @Override
  public void writeByte(int value) {
    encoder.wire.u8(value);
  }

  @Override
  public void writeShort(int value) {
    encoder.wire.i16(value);
  }

  @Override
  public void writeChar(int value) {
    encoder.wire.i16(value);
  }

  @Override
  public void writeInt(int value) {
    encoder.wire.i32(value);
  }

  @Override
  public void writeLong(long value) {
    encoder.wire.i64(value);
  }

  @Override
  public void writeFloat(float value) {
    encoder.wire.i32(Float.floatToRawIntBits(value));
  }

  @Override
  public void writeDouble(double value) {
    encoder.wire.i64(Double.doubleToRawLongBits(value));
  }

  @Override
  public void writeBytes(String value) {
    for (int i = 0; i < value.length(); i++) {
      encoder.wire.u8(value.charAt(i));
    }
  }

  @Override
  public void writeChars(String value) {
    for (int i = 0; i < value.length(); i++) {
      encoder.wire.i16(value.charAt(i));
    }
  }

  @Override
  public void writeUTF(String value) {
    encoder.wire.string(value);
  }

  /** Named fields on their way out. */
  private static final class PutSlots extends PutField {
    private final Layer layer;
    private final @Nullable Object[] values;

    PutSlots(Layer layer) {
      this.layer = layer;
      FieldSlot[] slots = layer.slots();
      values = new Object[slots.length];
      for (int i = 0; i < slots.length; i++) {
        values[i] = slots[i].zero();
      }
    }

    void write(GraphEncoder encoder) throws IOException {
      FieldSlot[] slots = layer.slots();
      try {
        for (int i = 0; i < slots.length; i++) {
          if (slots[i].code() == 'L') {
            encoder.child(layer.label(slots[i], values[i]), values[i]);
          } else {
            slots[i].writeBoxed(encoder, values[i]);
          }
        }
      } catch (IOException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IOException(e);
      }
    }

    private void set(String name, @Nullable Object value) {
      values[layer.slotIndex(name)] = value;
    }

    @Override
    public void put(String name, boolean value) {
      set(name, value);
    }

    @Override
    public void put(String name, byte value) {
      set(name, value);
    }

    @Override
    public void put(String name, char value) {
      set(name, value);
    }

    @Override
    public void put(String name, short value) {
      set(name, value);
    }

    @Override
    public void put(String name, int value) {
      set(name, value);
    }

    @Override
    public void put(String name, long value) {
      set(name, value);
    }

    @Override
    public void put(String name, float value) {
      set(name, value);
    }

    @Override
    public void put(String name, double value) {
      set(name, value);
    }

    @Override
    public void put(String name, @Nullable Object value) {
      set(name, value);
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal") // Abstract still, so there is no way around it.
    public void write(ObjectOutput out) throws IOException {
      throw new IOException("write the fields with writeFields()");
    }
  }
}
