package io.mobula.testkit.programs;

import io.mobula.api.Mobula;
import io.mobula.api.Remote;
import io.mobula.api.Task0;
import io.mobula.api.spi.MobulaRuntime;
import io.mobula.api.spi.RuntimeHolder;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/** Breaks Mobula's own thread in the process that it runs in. */
public final class Broken {
  /** In a worker. */
  public static final Task0<Integer> LOOP = Mobula.task(Broken::loop);

  private Broken() {}

  @Remote
  private static Integer loop() throws Exception {
    breakLoop();
    return 1;
  }

  /** In this process: a second beginning breaks an invariant. */
  public static void breakLoop() throws Exception {
    MobulaRuntime runtime = RuntimeHolder.current();
    Field field = runtime.getClass().getDeclaredField("mail");
    field.setAccessible(true);
    Object mail = field.get(runtime);
    Class<?> message = Class.forName("io.mobula.worker.loop.CoreMessage");
    Class<?> begin = Class.forName("io.mobula.worker.loop.CoreMessage$Begin");
    Constructor<?> made = begin.getDeclaredConstructors()[0];
    made.setAccessible(true);
    Method post = mail.getClass().getMethod("post", message);
    post.invoke(mail, made.newInstance(null, 0, null));
  }
}
