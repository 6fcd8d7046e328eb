package io.mobula.worker.serialization;

import java.io.EOFException;
import java.io.IOException;
import java.io.NotActiveException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectInputValidation;
import java.io.ObjectStreamClass;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The stream that {@code readObject} and {@code readExternal} methods see: what they read comes
 * from the decoder's wire, and ends where their section ends.
 *
 * <p>Owner: the thread that decodes. Hooks nest, so what is current is saved around each.
 */
final class HookInput extends ObjectInputStream {
  /** The section end of hooks that read exactly what the codec wrote. */
  static final long UNLIMITED = Long.MAX_VALUE;

  private final GraphDecoder decoder;
  private @Nullable Layer layer;
  private @Nullable Object owner;
  private long end = UNLIMITED;

  HookInput(GraphDecoder decoder) throws IOException {
    this.decoder = decoder;
    // Collections of the JDK ask this before they allocate for a size they read.
    setObjectInputFilter(info ->
        info.arrayLength() > 64 + 4 * decoder.wire.remaining()
            ? ObjectInputFilter.Status.REJECTED
            : ObjectInputFilter.Status.UNDECIDED);
  }

  /** Runs a hook of {@code newLayer} on {@code newOwner}; layer is null for readExternal. */
  void run(@Nullable Layer newLayer, Object newOwner, MethodHandle hook, long newEnd)
      throws Throwable {
    Layer savedLayer = layer;
    Object savedOwner = owner;
    long savedEnd = end;
    layer = newLayer;
    owner = newOwner;
    end = newEnd;
    hook.invokeExact(newOwner, (ObjectInputStream) this);
    layer = savedLayer;
    owner = savedOwner;
    end = savedEnd;
  }

  /** Forgets everything, after a failure too. */
  void clear() {
    layer = null;
    owner = null;
    end = UNLIMITED;
  }

  @Override
  protected @Nullable Object readObjectOverride() throws IOException {
    if (decoder.wire.wirePosition() >= end) {
      throw SerialHooks.endOfData();
    }
    return nested(decoder::value);
  }

  @Override
  public @Nullable Object readUnshared() throws IOException {
    return readObjectOverride();
  }

  @Override
  public void defaultReadObject() throws IOException {
    Layer current = activeLayer();
    Object target = activeOwner();
    nested(() -> {
      current.readFields(decoder, target);
      return null;
    });
  }

  @Override
  public GetField readFields() throws IOException {
    Layer current = activeLayer();
    FieldSlot[] slots = current.slots();
    @Nullable Object[] values = new Object[slots.length];
    nested(() -> {
      for (int i = 0; i < slots.length; i++) {
        values[i] = slots[i].readBoxed(decoder);
      }
      return null;
    });
    return new GetSlots(current, values);
  }

  private interface Read {
    @Nullable Object run() throws Throwable;
  }

  /** Lets values inside the section be read without its end in their way. */
  private static @Nullable Object nested(Read read) throws IOException {
    try {
      return read.run();
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  @Override
  public void registerValidation(ObjectInputValidation validation, int priority) {
    decoder.validateAtEnd(validation, priority);
  }

  private Layer activeLayer() throws NotActiveException {
    if (layer == null) {
      throw new NotActiveException("not in a call to readObject");
    }
    return layer;
  }

  private Object activeOwner() throws NotActiveException {
    if (owner == null) {
      throw new NotActiveException("not in a call to readObject");
    }
    return owner;
  }

  private void need(int size) throws IOException {
    if (decoder.wire.wirePosition() + size > end) {
      throw new EOFException();
    }
  }

  @Override
  public void close() {}

  @Override
  public int available() {
    long left = Math.min(end - decoder.wire.wirePosition(), decoder.wire.remaining());
    return Math.clamp(left, 0, Integer.MAX_VALUE);
  }

  @Override
  public int read() throws IOException {
    return available() == 0 ? -1 : decoder.wire.u8();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    java.util.Objects.checkFromIndexSize(offset, length, target.length);
    int count = Math.min(length, available());
    if (count == 0) {
      return length == 0 ? 0 : -1;
    }
    decoder.wire.bytes(target, offset, count);
    return count;
  }

  @Override
  public void readFully(byte[] target) throws IOException {
    readFully(target, 0, target.length);
  }

  @Override
  public void readFully(byte[] target, int offset, int length) throws IOException {
    java.util.Objects.checkFromIndexSize(offset, length, target.length);
    need(length);
    decoder.wire.bytes(target, offset, length);
  }

  @Override
  public int skipBytes(int count) throws IOException {
    int skipped = Math.clamp(count, 0, available());
    decoder.wire.seek(decoder.wire.wirePosition() + skipped);
    return skipped;
  }

  @Override
  public boolean readBoolean() throws IOException {
    need(1);
    return decoder.wire.u8() != 0;
  }

  @Override
  public byte readByte() throws IOException {
    need(1);
    return (byte) decoder.wire.u8();
  }

  @Override
  public int readUnsignedByte() throws IOException {
    need(1);
    return decoder.wire.u8();
  }

  @Override
  public short readShort() throws IOException {
    need(2);
    return decoder.wire.i16();
  }

  @Override
  public int readUnsignedShort() throws IOException {
    return readShort() & 0xFFFF;
  }

  @Override
  public char readChar() throws IOException {
    return (char) readShort();
  }

  @Override
  public int readInt() throws IOException {
    need(4);
    return decoder.wire.i32();
  }

  @Override
  public long readLong() throws IOException {
    need(8);
    return decoder.wire.i64();
  }

  @Override
  public float readFloat() throws IOException {
    return Float.intBitsToFloat(readInt());
  }

  @Override
  public double readDouble() throws IOException {
    return Double.longBitsToDouble(readLong());
  }

  @Override
  public String readUTF() throws IOException {
    need(1);
    return decoder.string();
  }

  @Override
  @Deprecated
  public String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = read(); c >= 0 && c != '\n'; c = read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  /** Named fields that have arrived. */
  private static final class GetSlots extends GetField {
    private final Layer layer;
    private final @Nullable Object[] values;

    GetSlots(Layer layer, @Nullable Object[] values) {
      this.layer = layer;
      this.values = values;
    }

    private Object boxed(String name) {
      Object value = values[layer.slotIndex(name)];
      return java.util.Objects.requireNonNull(value, name);
    }

    @Override
    public ObjectStreamClass getObjectStreamClass() {
      return ObjectStreamClass.lookupAny(layer.type());
    }

    @Override
    public boolean defaulted(String name) {
      layer.slotIndex(name);
      return false;
    }

    @Override
    public boolean get(String name, boolean otherwise) {
      return (boolean) boxed(name);
    }

    @Override
    public byte get(String name, byte otherwise) {
      return (byte) boxed(name);
    }

    @Override
    public char get(String name, char otherwise) {
      return (char) boxed(name);
    }

    @Override
    public short get(String name, short otherwise) {
      return (short) boxed(name);
    }

    @Override
    public int get(String name, int otherwise) {
      return (int) boxed(name);
    }

    @Override
    public long get(String name, long otherwise) {
      return (long) boxed(name);
    }

    @Override
    public float get(String name, float otherwise) {
      return (float) boxed(name);
    }

    @Override
    public double get(String name, double otherwise) {
      return (double) boxed(name);
    }

    @Override
    public @Nullable Object get(String name, @Nullable Object otherwise) {
      return values[layer.slotIndex(name)];
    }
  }
}
