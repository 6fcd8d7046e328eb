package io.mobula.gcs;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.Optional;

/** By which host others reach a server that listens here. */
final class AdvertisedHost {
  private AdvertisedHost() {}

  /**
   * The configured one; else the one listened on; else, if that is all, an address of this host.
   */
  static String choose(String configured, String listenHost) throws SocketException {
    if (!configured.isEmpty()) {
      return configured;
    }
    boolean isWildcard = listenHost.equals("0.0.0.0") || listenHost.equals("::");
    return isWildcard ? ownAddress().orElse("127.0.0.1") : listenHost;
  }

  private static Optional<String> ownAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
        .filter(AdvertisedHost::isUp)
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLinkLocalAddress())
        .map(InetAddress::getHostAddress)
        .findFirst();
  }

  private static boolean isUp(NetworkInterface candidate) {
    try {
      return candidate.isUp() && !candidate.isLoopback();
    } catch (SocketException e) {
      // It went away while we looked.
      return false;
    }
  }
}
