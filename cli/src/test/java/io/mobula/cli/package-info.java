/** Tests of the command's texts and options, without a cluster. */
@NullMarked
package io.mobula.cli;

import org.jspecify.annotations.NullMarked;
