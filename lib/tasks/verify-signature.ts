import { createHash } from "node:crypto";
import { Receiver } from "@upstash/qstash";
import { decodeJwt } from "jose";
import { z } from "zod";
import { now } from "../core/clock";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { withTimeout } from "../core/with-timeout";
import { qstash } from "./publish";

const keysSchema = z.object({ current: z.string().min(1), next: z.string().min(1) });

type SigningKeys = z.infer<typeof keysSchema>;

/** A delivery with its signature: the raw body, and the URL that QStash was given to deliver to. */
interface SignedDelivery {
  signature: string;
  body: string;
  url: string;
}

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

const RENEWAL_INTERVAL_MS = 60_000;
/** A delivery waits this long for QStash; later it is answered 401, and QStash delivers it again. */
const RENEWAL_TIMEOUT_MS = 2_000;

let activeKeys: SigningKeys | undefined;
/** QStash's answer, until it has verified a message. Until then it may be the answer to a forgery. */
let renewedKeys: SigningKeys | undefined;
let lastRenewalAt = Number.NEGATIVE_INFINITY;
let renewal: Promise<SigningKeys | undefined> | undefined;

/** The keys that verify messages in this process: those of the environment until QStash's have verified one. */
function getSigningKeys(): { active: SigningKeys; renewed: SigningKeys | undefined } {
  activeKeys ??= { current: env().QSTASH_CURRENT_SIGNING_KEY, next: env().QSTASH_NEXT_SIGNING_KEY };
  return { active: activeKeys, renewed: renewedKeys };
}

/**
 * Verifies with these keys from now on, which have verified a message. The earlier ones no longer count: they may have
 * been rotated because they leaked.
 */
function adoptSigningKeys(keys: SigningKeys): void {
  activeKeys = keys;
  renewedKeys = undefined;
  log().warn("signing keys renewed from QStash: set them in the environment before the next deploy");
}

/**
 * Asks QStash for its signing keys on account of a message that the known keys do not verify. At most once a minute
 * from this process; messages that come meanwhile wait for the same answer. Only for a message that claims to be for
 * this URL and body and to be valid now: anything else is refused at no cost.
 *
 * @returns undefined when QStash was not asked or did not answer
 */
function renewSigningKeys(delivery: SignedDelivery): Promise<SigningKeys | undefined> {
  const mayAsk = now() - lastRenewalAt >= RENEWAL_INTERVAL_MS;
  if ((!mayAsk && !renewal) || !claimsToBeGenuine(delivery)) return Promise.resolve(undefined);
  if (!renewal) {
    lastRenewalAt = now();
    renewal = fetchSigningKeys().finally(() => {
      renewal = undefined;
    });
  }
  return renewal;
}

async function fetchSigningKeys(): Promise<SigningKeys | undefined> {
  try {
    const answer = await withTimeout(
      qstash().http.request({ path: ["v2", "keys"], method: "GET" }),
      RENEWAL_TIMEOUT_MS,
    );
    renewedKeys = keysSchema.parse(answer);
    return renewedKeys;
  } catch (error) {
    log().warn({ err: error }, "signing keys not renewed: QStash unavailable");
    return undefined;
  }
}

/** Reads the claims without verifying them. */
function claimsToBeGenuine({ signature, body, url }: SignedDelivery): boolean {
  try {
    const claims = decodeJwt<{ body?: unknown }>(signature);
    if (claims.iss !== "Upstash" || claims.sub !== url || (claims.exp ?? 0) * 1000 < now()) return false;
    const hash = createHash("sha256").update(body).digest("base64url");
    return typeof claims.body === "string" && claims.body.replace(/=+$/, "") === hash;
  } catch {
    return false;
  }
}
