/**
 * The build rules that no compiler checks, over the compiled classes and the sources of every
 * module. Start with {@link io.mobula.architecture.Module}, the table of modules; each test class
 * is one kind of rule. Exceptions are listed, with reasons, in the text files of this package.
 */
@NullMarked
package io.mobula.architecture;

import org.jspecify.annotations.NullMarked;
