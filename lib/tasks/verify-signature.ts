import { Receiver } from "@upstash/qstash";
import { AppError } from "../core/errors";
import {
  adoptSigningKeys,
  getSigningKeys,
  renewSigningKeys,
  type SignedDelivery,
  type SigningKeys,
} from "./signing-keys";

/** Tolerates clock drift; small beside a signature's validity of five minutes. */
const CLOCK_TOLERANCE_SECONDS = 5;

/**
 * Verifies that QStash signed this body for this URL, with the current or the next key. (The SDK's wrapper ignores the
 * URL, and accepts one queue's message on another.) When the known keys do not verify it, QStash is asked for its pair,
 * at most once a minute, so a rotation of the keys needs no deploy.
 *
 * @param signature  the header `Upstash-Signature`
 * @throws {AppError} unauthenticated
 */
export async function verifySignature({
  signature,
  ...signed
}: Omit<SignedDelivery, "signature"> & { signature: string | null }): Promise<void> {
  if (!signature) throw new AppError("unauthenticated", { message: "bad_signature" });
  const delivery = { ...signed, signature };
  const failures: unknown[] = [];
  const isSignedWith = async (keys: SigningKeys): Promise<boolean> => {
    try {
      await receiverOf(keys).verify({ ...delivery, clockTolerance: CLOCK_TOLERANCE_SECONDS });
      return true;
    } catch (error) {
      failures.push(error);
      return false;
    }
  };
  const { active, renewed } = getSigningKeys();
  if (await isSignedWith(active)) return;
  const candidate =
    renewed && (await isSignedWith(renewed)) ? renewed : await findRenewedKeys(delivery, isSignedWith);
  if (!candidate) throw new AppError("unauthenticated", { message: "bad_signature", cause: failures[0] });
  adoptSigningKeys(candidate);
}

async function findRenewedKeys(
  delivery: SignedDelivery,
  isSignedWith: (keys: SigningKeys) => Promise<boolean>,
): Promise<SigningKeys | undefined> {
  const renewed = await renewSigningKeys(delivery);
  return renewed && (await isSignedWith(renewed)) ? renewed : undefined;
}

const receivers = new WeakMap<SigningKeys, Receiver>();

/** A receiver that tries the current key, then the next. */
function receiverOf(keys: SigningKeys): Receiver {
  const known = receivers.get(keys);
  if (known) return known;
  const receiver = new Receiver({ currentSigningKey: keys.current, nextSigningKey: keys.next });
  receivers.set(keys, receiver);
  return receiver;
}
