/**
 * The {@code mobula} command: starts and stops daemons, shows a cluster, runs the demo and the
 * benchmarks.
 *
 * <p>One class a subcommand; {@link io.mobula.cli.MobulaCommand} is the root. It uses only types
 * whose signatures are free of third-party classes, since at run time those come relocated in the
 * bundle.
 */
@NullMarked
package io.mobula.cli;

import org.jspecify.annotations.NullMarked;
