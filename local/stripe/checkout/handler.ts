import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLargeError, readBody } from "../../http/server";
import { checkoutPath } from "../api/present";
import type { Provider } from "../provider";
import type { Session } from "../state/model";
import { serveFont } from "./fonts";
import { preferredLanguage } from "./messages";
import { checkoutPage, invalidFormPage, unknownPage } from "./page";
import { BUYER_ACTIONS, isBuyerAction, returnUrls, simulateBuyer } from "./simulate-buyer";
import { STYLE } from "./style";

const MAX_FORM_BYTES = 4096;

/**
 * Answers the buyer's page, `/c/pay/{session}`; returns false for all other paths. As on Stripe, the URL is the
 * secret: anyone who has it may pay. Form posts from any origin are accepted, so that a script can be the buyer.
 */
export function handleCheckout(
  provider: Provider,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (request.method === "GET" && serveFont(pathname, response)) {
    request.resume();
    return true;
  }
  const id = /^\/c\/pay\/([^/]+)$/.exec(pathname)?.[1];
  if (id === undefined) return false;
  respond(provider, id, request, response).catch((error: unknown) => {
    const status = error instanceof BodyTooLargeError ? 413 : 503;
    sendText(response, status, error instanceof Error ? error.message : String(error));
  });
  return true;
}

async function respond(
  provider: Provider,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const session = provider.store.state.tables.sessions.get(id);
  const form = (await readBody(request, MAX_FORM_BYTES)).toString("utf8");
  const language = preferredLanguage(session?.object.locale ?? null, request.headers["accept-language"]);
  if (!session) return sendPage(response, 404, unknownPage(language), []);
  if (request.method === "GET" || request.method === "HEAD") {
    const text = checkoutPage(session, language, wasDeclined(provider, session));
    return sendPage(response, 200, request.method === "HEAD" ? "" : text, returnUrls(session));
  }
  if (request.method !== "POST")
    return sendText(response, 405, `method ${request.method} is not allowed here`);
  const result = new URLSearchParams(form).get("result");
  if (!isBuyerAction(result))
    return sendPage(response, 400, invalidFormPage(language, id, BUYER_ACTIONS), returnUrls(session));
  const location = (await simulateBuyer(provider, session, result)) ?? checkoutPath(id);
  response.writeHead(303, { location, "content-length": 0, "cache-control": "no-store" }).end();
}

const wasDeclined = ({ store }: Provider, { object }: Session): boolean =>
  Boolean(store.state.tables.paymentIntents.get(object.payment_intent ?? "")?.last_payment_error);

const STYLE_HASH = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

/** @param formTargets  where a form may redirect: browsers apply `form-action` to redirects too */
function sendPage(response: ServerResponse, status: number, text: string, formTargets: string[]): void {
  const origins = [...new Set(formTargets.map((url) => new URL(url).origin))];
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    vary: "accept-language",
    "content-security-policy": [
      "default-src 'none'",
      `style-src ${STYLE_HASH}`,
      "font-src 'self'",
      "img-src data:",
      `form-action 'self' ${origins.join(" ")}`.trim(),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(text);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}
