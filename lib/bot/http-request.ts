import { lookup as resolve } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { BlockList, isIP } from "node:net";
import { env } from "../core/env";

/** A workflow's call may take so long and answer so much. */
const TIMEOUT_MS = 8_000;
const MAX_RESPONSE_BYTES = 64 * 1_024;

interface WorkflowRequest {
  method: "GET" | "POST";
  url: string;
  /** Sent as JSON. */
  body: Record<string, unknown> | null;
  /** The same at every repeat of the call. */
  idempotencyKey: string;
  signal: AbortSignal;
  /** For bots of administrators: an origin that names its address as a number may be in the private network. */
  allowsNumbers: boolean;
}

/** Why a call was not made, or what was wrong with its answer; shown to who runs the bot. */
export class WorkflowRequestError extends Error {}

/**
 * Calls an address on the allow-list. Redirects are not followed. The name is resolved here, every address that it has
 * must be public, and the connection goes to one of exactly these: a name that changes in between reaches nothing else.
 *
 * @returns the body
 * @throws {WorkflowRequestError}
 */
export async function requestForWorkflow(outgoing: WorkflowRequest): Promise<string> {
  const url = parseAllowed(outgoing.url);
  if (isIP(hostOf(url)) && !outgoing.allowsNumbers)
    throw new WorkflowRequestError("only bots of administrators call addresses that are numbers");
  const signal = AbortSignal.any([outgoing.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const address = await resolvePublic(url, signal);
  const body = outgoing.body === null ? null : Buffer.from(JSON.stringify(outgoing.body));
  return new Promise((done, reject) => {
    const fail = (reason: string) => reject(new WorkflowRequestError(reason));
    const client = url.protocol === "https:" ? https : http;
    const call = client.request(url, {
      method: outgoing.method,
      signal,
      agent: false,
      headers: {
        accept: "application/json",
        "user-agent": "NormalDance-bot",
        "idempotency-key": outgoing.idempotencyKey,
        ...(body ? { "content-type": "application/json", "content-length": body.length } : {}),
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
        if (bytes > MAX_RESPONSE_BYTES) {
          response.destroy();
          fail(`its answer is larger than ${MAX_RESPONSE_BYTES} bytes`);
        }
      });
      response.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
      response.on("error", (error) => fail(signal.aborted ? "it took too long" : error.message));
    });
    call.end(body ?? undefined);
  });
}

/** @throws {WorkflowRequestError} unless its origin is on the list; http:// only for an address given as a number */
function parseAllowed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.username !== "" || url.password !== "") throw new WorkflowRequestError("not an address");
  const isAllowed = env().BOT_HTTP_ORIGINS.some((origin) => new URL(origin).origin === url.origin);
  if (!isAllowed) throw new WorkflowRequestError("its origin is not on the allow-list");
  if (url.protocol !== "https:" && !isIP(hostOf(url))) throw new WorkflowRequestError("not https://");
  return url;
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

interface Address {
  address: string;
  family: number;
}

/** An address that the list has as a number is meant, also a private one; a name must lead to public ones. */
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
    throw new WorkflowRequestError(signal.aborted ? "it took too long" : "its name has no address", {
      cause,
    });
  }
  if (found.length === 0 || found.some(({ address }) => isPrivateAddress(address)))
    throw new WorkflowRequestError("its name leads to a private address");
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

/** A value of a JSON answer by its path, such as `track.title` or `items.0.price`; null when there is none. */
export function readPath(json: unknown, path: string): string | number | boolean | null {
  let value = json;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Record<string, unknown>)[name];
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
