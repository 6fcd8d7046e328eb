package io.mobula.raylet.transfer;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cluster's secret, as the data port uses it: to prove that one knows it without saying it.
 *
 * <p>Immutable. A proof covers both sides' nonces and the side that gives it, so that it can
 * neither be replayed nor sent back.
 */
public final class DataSecret {

  static final int PROOF_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  private DataSecret(byte[] secret) {
    this.key = new SecretKeySpec(secret, ALGORITHM);
  }

  /** The secret in the form that the cluster's token has: text. */
  public static DataSecret of(String token) {
    return new DataSecret(token.getBytes(StandardCharsets.UTF_8));
  }

  /** What the given side sends. */
  byte[] proof(Side side, byte[] sourceNonce, byte[] readerNonce) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(side.label());
      mac.update(sourceNonce);
      mac.update(readerNonce);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /** Whether the given side's proof is right; takes the same time whatever is wrong with it. */
  boolean isProof(byte[] proof, Side side, byte[] sourceNonce, byte[] readerNonce) {
    return MessageDigest.isEqual(proof, proof(side, sourceNonce, readerNonce));
  }

  @Override
  public String toString() {
    return "DataSecret[masked]";
  }

  /** Who gives a proof. */
  enum Side {
    SOURCE,
    READER;

    private byte[] label() {
      return ("mobula-data-" + name()).getBytes(StandardCharsets.US_ASCII);
    }
  }
}
