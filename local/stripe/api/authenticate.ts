import type { IncomingMessage } from "node:http";
import { bearerToken, sameSecret } from "../../http/server";
import { StripeApiError } from "../errors";

/**
 * The key comes as `Bearer`, or as the name in `Basic` with no password.
 * @throws {StripeApiError} 401
 */
export function authenticate(request: IncomingMessage, secretKey: string): void {
  const key = bearerToken(request) ?? basicName(request);
  if (key === null) {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (!sameSecret(key, secretKey)) throw unauthorized(`Invalid API Key provided: ${masked(key)}`);
}

const unauthorized = (message: string): StripeApiError =>
  new StripeApiError(401, "invalid_request_error", message, {}, false);

function basicName(request: IncomingMessage): string | null {
  const encoded = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  return Buffer.from(encoded, "base64").toString("utf8").split(":")[0] || null;
}

const SHOWN = 4;

/** Enough to know which key it was, too little to be one. */
function masked(key: string): string {
  if (key.length <= 3 * SHOWN) return "*".repeat(key.length);
  return `${key.slice(0, 2 * SHOWN)}${"*".repeat(key.length - 3 * SHOWN)}${key.slice(-SHOWN)}`;
}
