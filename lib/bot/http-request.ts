import { isIP } from "node:net";
import { env } from "../core/env";
import { hostOf, OutgoingRequestError, sendOutgoingRequest } from "../core/outgoing-request";

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

/**
 * Calls an address on the allow-list; a name on it must lead to public addresses.
 *
 * @returns the body
 * @throws {OutgoingRequestError} why the call was not made or failed, for who runs the bot
 */
export async function requestForWorkflow(outgoing: WorkflowRequest): Promise<string> {
  const { method, idempotencyKey, signal } = outgoing;
  const url = parseAllowed(outgoing.url);
  if (isIP(hostOf(url)) && !outgoing.allowsNumbers)
    throw new OutgoingRequestError("only bots of administrators call addresses that are numbers");
  const body = outgoing.body === null ? null : Buffer.from(JSON.stringify(outgoing.body));
  return sendOutgoingRequest({
    ...{ method, url, body, signal, timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_RESPONSE_BYTES },
    headers: {
      accept: "application/json",
      "user-agent": "NormalDance-bot",
      "idempotency-key": idempotencyKey,
      ...(body ? { "content-type": "application/json" } : {}),
    },
  });
}

/** @throws {OutgoingRequestError} unless its origin is on the list; http:// only for an address given as a number */
function parseAllowed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.username !== "" || url.password !== "") throw new OutgoingRequestError("not an address");
  const isAllowed = env().BOT_HTTP_ORIGINS.some((origin) => new URL(origin).origin === url.origin);
  if (!isAllowed) throw new OutgoingRequestError("its origin is not on the allow-list");
  if (url.protocol !== "https:" && !isIP(hostOf(url))) throw new OutgoingRequestError("not https://");
  return url;
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
