package io.mobula.api.function;

import java.io.Serializable;

/**
 * Anything that names code to run remotely: a serializable lambda or method reference of one of the
 * {@code Func} and {@code VoidFunc} interfaces of this package, or a {@link NamedFunction}.
 */
public interface RemoteFunction extends Serializable {}
