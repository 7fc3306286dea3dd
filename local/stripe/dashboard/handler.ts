import type { IncomingMessage, ServerResponse } from "node:http";
import { sendDashboard } from "../../http/dashboard";
import { isLocalHostHeader, isSameOriginPage } from "../../http/same-origin";
import { BodyTooLargeError, readBody } from "../../http/server";
import { StripeApiError } from "../errors";
import { refundPayment } from "../money/refund";
import type { Provider } from "../provider";
import { overview } from "./overview";

const MAX_FORM_BYTES = 4096;

/**
 * Answers `/` and the forms on it; returns false for all other paths. Requires no key, so requests are checked
 * against DNS rebinding and CSRF (../../http/same-origin.ts).
 */
export function handleDashboard(
  provider: Provider,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const action = /^\/(payments|events)\/([^/]+)\/(refund|resend)$/.exec(pathname);
  if (pathname !== "/" && !action) return false;
  respond(provider, action, request, response).catch((error: unknown) => {
    const status =
      error instanceof StripeApiError ? error.status : error instanceof BodyTooLargeError ? 413 : 500;
    sendText(response, status, error instanceof Error ? error.message : String(error));
  });
  return true;
}

async function respond(
  provider: Provider,
  action: RegExpExecArray | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const form = new URLSearchParams((await readBody(request, MAX_FORM_BYTES)).toString("utf8"));
  if (!isLocalHostHeader(request))
    return sendText(response, 403, "open this page under an address or localhost");
  if (!action && (request.method === "GET" || request.method === "HEAD")) {
    return sendDashboard(request, response, overview(provider));
  }
  if (!action || request.method !== "POST") {
    return sendText(response, 405, `method ${request.method} is not allowed here`);
  }
  if (!isSameOriginPage(request))
    return sendText(response, 403, "this can only be asked for from the page itself");
  const [, what, id = ""] = action;
  if (what === "payments") refundFromForm(provider, id, form.get("amount"));
  else if (!provider.resend(id)) return sendText(response, 404, `no event ${id}, or nobody to send it to`);
  await provider.store.durable();
  response.writeHead(303, { location: "/", "content-length": 0 }).end();
}

/**
 * Refunds from the provider's side: the app learns of it only from the event.
 * @throws {StripeApiError} 400, 404
 */
function refundFromForm(provider: Provider, paymentIntent: string, amount: string | null): void {
  const isWholeNumber = amount === null || /^[1-9]\d{0,8}$/.test(amount);
  if (!isWholeNumber)
    throw new StripeApiError(400, "invalid_request_error", "The amount is a whole number of minor units.");
  const draft = provider.draft();
  refundPayment(draft, {
    paymentIntent,
    amount: amount === null ? undefined : Number(amount),
    reason: "requested_by_customer",
  });
  provider.commit(draft);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}
