/**
 * Tests that use the API as a program does, from another package, against a runtime that only
 * records what it is asked. Start at {@link io.mobula.api.usage.RecordingRuntime}.
 */
@NullMarked
package io.mobula.api.usage;

import org.jspecify.annotations.NullMarked;
