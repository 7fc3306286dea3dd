import type { IncomingMessage } from "node:http";
import { bearerToken, sameSecret } from "../../http/server";
import { StripeApiError } from "../errors";

/**
 * Checks the secret key, sent as `Bearer` or as the `Basic` user name without a password.
 * @throws {StripeApiError} 401
 */
export function authenticate(request: IncomingMessage, secretKey: string): void {
  const key = bearerToken(request) ?? basicAuthUser(request);
  if (key === null) {
    throw unauthorizedError(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (!sameSecret(key, secretKey)) throw unauthorizedError(`Invalid API Key provided: ${maskKey(key)}`);
}

const unauthorizedError = (message: string): StripeApiError =>
  new StripeApiError(401, "invalid_request_error", message, {}, false);

function basicAuthUser(request: IncomingMessage): string | null {
  const encoded = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  return Buffer.from(encoded, "base64").toString("utf8").split(":")[0] || null;
}

const VISIBLE_CHARACTERS = 4;

/** Shows enough to recognize a key, too little to use it. */
function maskKey(key: string): string {
  if (key.length <= 3 * VISIBLE_CHARACTERS) return "*".repeat(key.length);
  return `${key.slice(0, 2 * VISIBLE_CHARACTERS)}${"*".repeat(key.length - 3 * VISIBLE_CHARACTERS)}${key.slice(-VISIBLE_CHARACTERS)}`;
}
