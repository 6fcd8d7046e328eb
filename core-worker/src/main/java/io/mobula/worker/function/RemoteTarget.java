package io.mobula.worker.function;

import io.mobula.api.Remote;
import io.mobula.proto.FunctionDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A method that can be called remotely, as its caller knows it. Immutable.
 *
 * @param number this process's number for it; never reused
 * @param descriptor names it for others
 * @param displayName for people: {@code Class.method}
 * @param annotation the method's (or, for a constructor, its class's) {@link Remote}, if any
 */
public record RemoteTarget(
    int number, FunctionDescriptor descriptor, String displayName, @Nullable Remote annotation) {}
