package io.mobula.raylet;

import io.mobula.agent.session.HostIdentity;
import java.nio.file.Path;

/**
 * Where a raylet lives.
 *
 * @param host the machine
 * @param directory the node's directory
 * @param rayletSocket where its workers dial
 * @param rpcSocket where drivers and raylets of the same machine dial
 */
record RayletPlace(HostIdentity host, Path directory, Path rayletSocket, Path rpcSocket) {}
