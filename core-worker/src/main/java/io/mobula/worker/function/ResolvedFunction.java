package io.mobula.worker.function;

import org.jspecify.annotations.Nullable;

/**
 * A function as user code gave it: what to call, and what it captured.
 *
 * @param captured goes before the call's own arguments; empty for a plain method reference
 */
public record ResolvedFunction(RemoteTarget target, @Nullable Object[] captured) {}
