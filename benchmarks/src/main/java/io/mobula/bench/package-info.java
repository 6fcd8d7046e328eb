/**
 * The microbenchmarks of {@code mobula microbenchmark}: Ray's own, by Ray's names and definitions.
 *
 * <p>A user's programs, timed; they know only the API. Start reading at {@link
 * io.mobula.bench.MicrobenchmarkMain}.
 */
@NullMarked
package io.mobula.bench;

import org.jspecify.annotations.NullMarked;
