/**
 * How a job's class path becomes usable on this node: by path on the driver's host, else by content
 * hash from the GCS.
 *
 * <p>{@link io.mobula.raylet.classpath.ClassPathTable} decides, on the raylet's loop; {@link
 * io.mobula.raylet.classpath.PackageCache} is the edge that reads and writes files on virtual
 * threads. Start reading at {@link io.mobula.raylet.classpath.ClassPathTable}.
 */
@NullMarked
package io.mobula.raylet.classpath;

import org.jspecify.annotations.NullMarked;
