/**
 * Keeps the pages true: reads the README, the changelog and the pages of this module, and compares
 * them with the code.
 *
 * <p>Start reading at {@link io.mobula.docs.Page}; {@code docs/README.md} lists the rules.
 */
@NullMarked
package io.mobula.docs;

import org.jspecify.annotations.NullMarked;
