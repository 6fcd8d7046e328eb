/**
 * Clusters for tests, of real processes: start them, hurt them, and see that nothing is left.
 *
 * <p>Used by the threads of tests; nothing here has a thread of its own but the readers of child
 * processes' output. Linux only, as it looks into {@code /proc}. Start reading at {@link
 * io.mobula.testkit.TestCluster}.
 */
@NullMarked
package io.mobula.testkit;

import org.jspecify.annotations.NullMarked;
