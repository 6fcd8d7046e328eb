package io.mobula.worker.user;

import io.mobula.agent.id.ObjectKey;
import io.mobula.api.ActorOptions;
import io.mobula.api.TaskOptions;
import io.mobula.proto.ActorSpec;
import io.mobula.proto.ActorState;
import io.mobula.proto.Isolation;
import io.mobula.proto.Resources;
import io.mobula.worker.function.RemoteTarget;
import io.mobula.worker.submit.SchedulingClass;
import java.util.Map;

/** From the API's options to what the wire and the scheduler want. Pure. */
final class ActorSpecs {
  /** Resource amounts travel in units of 1/10000. */
  static final long UNIT = 10_000;

  private static final String CPU = "CPU";
  private static final String MEMORY = "memory";

  private ActorSpecs() {}

  static SchedulingClass schedulingClass(TaskOptions options) {
    return new SchedulingClass(
        resources(options.numCpus(), options.memoryBytes(), options.resources()),
        switch (options.isolation()) {
          case SHARED -> Isolation.SHARED;
          case PROCESS -> Isolation.PROCESS;
        });
  }

  static ActorSpec spec(
      ObjectKey id, RuntimeIdentity identity, RemoteTarget constructor, ActorOptions options) {
    String name = options.name();
    String namespace = options.namespace();
    return ActorSpec.newBuilder()
        .setId(id.toProto())
        .setJob(identity.job())
        .setConstructor(constructor.descriptor())
        .setClassName(constructor.displayName())
        .setName(name == null ? "" : name)
        .setNamespace(namespace == null ? identity.namespace() : namespace)
        .setResources(resources(options.numCpus(), options.memoryBytes(), options.resources()))
        .setMaxRestarts(options.maxRestarts())
        .setMaxConcurrency(options.maxConcurrency())
        .setMaxTaskRetries(options.maxTaskRetries())
        .build();
  }

  static String description(ActorSpec spec) {
    return description(spec.getClassName(), spec.getName());
  }

  static String description(ActorState state) {
    return description(state.getClassName(), state.getName());
  }

  private static String description(String className, String name) {
    return name.isEmpty() ? className : className + " \"" + name + "\"";
  }

  private static Resources resources(double cpus, long memoryBytes, Map<String, Double> custom) {
    Resources.Builder resources = Resources.newBuilder();
    put(resources, CPU, cpus);
    if (memoryBytes > 0) {
      resources.putAmounts(MEMORY, Math.multiplyExact(memoryBytes, UNIT));
    }
    custom.forEach((name, amount) -> put(resources, name, amount));
    return resources.build();
  }

  private static void put(Resources.Builder resources, String name, double amount) {
    long units = Math.round(amount * UNIT);
    if (units > 0) {
      resources.putAmounts(name, units);
    }
  }
}
