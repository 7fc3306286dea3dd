import { lookup as resolve } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { BlockList, isIP } from "node:net";

interface OutgoingRequest {
  method: "GET" | "POST";
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: Buffer | null;
  /** Ends the call early, beside its own time limit. */
  signal: AbortSignal;
  timeoutMs: number;
  maxResponseBytes: number;
}

/** Why a call was not made, or what was wrong with its answer. The message never has the address, which may be secret. */
export class OutgoingRequestError extends Error {
  override name = "OutgoingRequestError";
}

/**
 * Calls an address that a person has chosen (SSRF-safe). Redirects are not followed. A name is resolved here, every
 * address that it has must be public, and the connection goes to one of exactly these: a name that changes in between
 * reaches nothing else. An address given as a number is meant, also a private one: whether it may be is the caller's
 * decision.
 *
 * @returns the body of a 2xx
 * @throws {OutgoingRequestError}
 */
export async function sendOutgoingRequest(outgoing: OutgoingRequest): Promise<string> {
  const { url, method, body, maxResponseBytes } = outgoing;
  const signal = AbortSignal.any([outgoing.signal, AbortSignal.timeout(outgoing.timeoutMs)]);
  const address = await resolvePublic(url, signal);
  return new Promise((done, reject) => {
    const fail = (reason: string) => reject(new OutgoingRequestError(reason));
    const client = url.protocol === "https:" ? https : http;
    const call = client.request(url, {
      method,
      signal,
      agent: false,
      headers: {
        ...outgoing.headers,
        ...(body ? { "content-length": body.length } : {}),
      },
      lookup: (_, options, callback) =>
        options.all ? callback(null, [address]) : callback(null, address.address, address.family),
    });
    call.on("error", (error) => fail(signal.aborted ? "it took too long" : error.message));
    call.on("response", (response) => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        response.destroy();
        return fail(
          status >= 300 && status < 400 ? "it redirects, which is not followed" : `status ${status}`,
        );
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > maxResponseBytes) {
          response.destroy();
          fail(`its answer is larger than ${maxResponseBytes} bytes`);
        }
      });
      response.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
      response.on("error", (error) => fail(signal.aborted ? "it took too long" : error.message));
    });
    call.end(body ?? undefined);
  });
}

/** A URL's host without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

interface Address {
  address: string;
  family: number;
}

async function resolvePublic(url: URL, signal: AbortSignal): Promise<Address> {
  const host = hostOf(url);
  const family = isIP(host);
  if (family) return { address: host, family };
  let found: Address[];
  try {
    // A resolver that does not answer takes longer than the whole call may.
    const tooLate = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    found = await Promise.race([resolve(host, { all: true }), tooLate]);
  } catch (cause) {
    throw new OutgoingRequestError(signal.aborted ? "it took too long" : "its name has no address", {
      cause,
    });
  }
  if (found.length === 0 || found.some(({ address }) => isPrivateAddress(address)))
    throw new OutgoingRequestError("its name leads to a private address");
  return found[0] as Address;
}

const privateRanges = new BlockList();
/** Everything that is not a public unicast address (IANA's special-purpose registries). */
for (const [network, prefix] of [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
  ] as const),
  ...([
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
  ] as const),
  ...([
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
  ] as const),
  ...([
    ["224.0.0.0", 4],
    ["240.0.0.0", 4],
  ] as const),
] as const)
  privateRanges.addSubnet(network, prefix, "ipv4");
/** Public IPv6 addresses are in 2000::/3; the rest of it that is not public: */
const publicV6 = new BlockList();
publicV6.addSubnet("2000::", 3, "ipv6");
for (const [network, prefix] of [
  ...([
    ["2001::", 23],
    ["2001:db8::", 32],
    ["2002::", 16],
    ["3fff::", 20],
  ] as const),
] as const)
  privateRanges.addSubnet(network, prefix, "ipv6");

/** Whether an address is not on the public internet, in any notation; one that cannot be read counts as private. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return privateRanges.check(address, "ipv4");
  if (family !== 6 || address.includes("%")) return true;
  return !publicV6.check(address, "ipv6") || privateRanges.check(address, "ipv6");
}
