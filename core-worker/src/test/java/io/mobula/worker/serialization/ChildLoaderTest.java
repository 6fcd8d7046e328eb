package io.mobula.worker.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobula.api.SerializationException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The user's classes come from a loader of their own, which the codec does not know. */
@Timeout(60)
final class ChildLoaderTest {
  private static final String PREFIX = "io.mobula.worker.serialization.";

  /** Defines the samples and users' classes anew, as a child of the loader of the codec. */
  private static final class JobLoader extends ClassLoader {
    JobLoader() {
      super("job", ChildLoaderTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      boolean isUsers =
          name.startsWith(PREFIX + "UserTypes")
              || name.startsWith(PREFIX + "ObjectSamples")
              || name.startsWith(PREFIX + "CollectionSamples");
      if (!isUsers) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = getParent().getResourceAsStream(file)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void shouldFindUsersClassesWhenTheyAreInAChildLoader() throws Exception {
    ClassLoader loader = new JobLoader();
    ValueCodec codec = new ValueCodec(loader);
    for (Sample row : samples(loader)) {
      Encoding encoded = codec.encode(row.value(), ConformanceMain.NoSink.INSTANCE);
      Object copy =
          codec.decode(encoded.kind().number(), encoded.toByteArray(), new NoReferences());
      assertThat(row.passes(copy)).as("%s arrived as %s", row, copy).isTrue();
    }
  }

  // Package-private access does not cross loaders, so the table is read by reflection.
  @SuppressWarnings("unchecked")
  private static List<Sample> samples(ClassLoader loader) throws ReflectiveOperationException {
    Class<?> table = Class.forName(PREFIX + "ObjectSamples", true, loader);
    assertThat(table.getClassLoader()).isSameAs(loader);
    Method all = table.getDeclaredMethod("all");
    all.setAccessible(true);
    return (List<Sample>) all.invoke(null);
  }

  @Test
  void shouldNameTheClassWhenItIsMissing() {
    ValueCodec driver = new ValueCodec(ChildLoaderTest.class.getClassLoader());
    ValueCodec worker = new ValueCodec(new EmptyLoader());
    Encoding encoded = driver.encode(new UserTypes.Circle(1), ConformanceMain.NoSink.INSTANCE);
    assertThatThrownBy(
            () -> worker.decode(encoded.kind().number(), encoded.toByteArray(), new NoReferences()))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("class io.mobula.worker.serialization.UserTypes$Circle is missing")
        .hasMessageContaining("loader=");
  }

  private static final class EmptyLoader extends ClassLoader {
    EmptyLoader() {
      super("empty", null);
    }

    @Override
    protected @Nullable Class<?> findClass(String moduleName, String name) {
      return null;
    }
  }
}
