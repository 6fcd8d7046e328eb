/**
 * What a cluster keeps on a machine's disk: session and node directories, their locks, the secret.
 *
 * <p>An edge: files and random numbers are used here so that they need not be elsewhere. No thread
 * is started; every method may be called from any thread. Start reading at {@link
 * io.mobula.agent.session.SessionRoot}.
 */
@NullMarked
package io.mobula.agent.session;

import org.jspecify.annotations.NullMarked;
