package io.mobula.worker.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.ActorHandle;
import io.mobula.api.ObjectRef;
import io.mobula.api.SerializationException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** References inside values go through the sink and the source, never field by field. */
@Timeout(30)
final class ReferencesTest {
  private final ValueCodec codec = new ValueCodec(ReferencesTest.class.getClassLoader());
  private final List<Object> recorded = new ArrayList<>();
  private final Map<Object, String> names = new HashMap<>();
  private final Map<String, Object> byName = new HashMap<>();

  private final ReferenceSink sink =
      new ReferenceSink() {
        @Override
        public byte[] objectRef(ObjectRef<?> ref) {
          return record(ref);
        }

        @Override
        public byte[] actorHandle(ActorHandle<?> handle) {
          return record(handle);
        }
      };

  private final ReferenceSource source =
      new ReferenceSource() {
        @Override
        public ObjectRef<?> objectRef(byte[] bytes) {
          return (ObjectRef<?>) find(bytes);
        }

        @Override
        public ActorHandle<?> actorHandle(byte[] bytes) {
          return (ActorHandle<?>) find(bytes);
        }
      };

  private byte[] record(Object reference) {
    recorded.add(reference);
    return java.util.Objects.requireNonNull(names.get(reference)).getBytes(StandardCharsets.UTF_8);
  }

  private Object find(byte[] bytes) {
    Object found = byName.get(new String(bytes, StandardCharsets.UTF_8));
    if (found == null) {
      throw new IllegalArgumentException("unknown reference");
    }
    return found;
  }

  @SuppressWarnings("ReferenceEquality") // References are equal if they are the same here.
  private <T> T reference(Class<T> type, String name) {
    Object[] self = new Object[1];
    Object made =
        Proxy.newProxyInstance(
            ReferencesTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> name.hashCode();
                  case "equals" -> arguments[0] == self[0];
                  default -> name;
                });
    self[0] = made;
    names.put(made, name);
    byName.put(name, made);
    return type.cast(made);
  }

  @Test
  void shouldComeBackAliveWhenInsideAGraph() {
    ObjectRef<?> ref = reference(ObjectRef.class, "ref");
    ActorHandle<?> actor = reference(ActorHandle.class, "actor");
    Object value = List.of(ref, new UserTypes.Generic<>(actor, List.of(ref)));
    Encoding encoded = codec.encode(value, sink);
    assertThat(recorded).containsExactly(ref, actor);
    Object copy = codec.decode(encoded.kind().number(), encoded.toByteArray(), source);
    assertThat(copy).isEqualTo(value);
  }

  @Test
  void shouldComeBackAliveWhenItIsTheValueItself() {
    ObjectRef<?> ref = reference(ObjectRef.class, "ref");
    Encoding encoded = codec.encode(ref, sink);
    assertThat(codec.decode(encoded.kind().number(), encoded.toByteArray(), source)).isSameAs(ref);
  }

  @Test
  void shouldFailWhenTheSourceDoesNotKnowIt() {
    Encoding encoded = codec.encode(reference(ObjectRef.class, "ref"), sink);
    byName.clear();
    assertThatThrownBy(() -> codec.decode(encoded.kind().number(), encoded.toByteArray(), source))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("unknown reference");
  }
}
