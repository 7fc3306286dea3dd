import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { BodyTooLargeError, readBody } from "../../http/server";
import { invalidParameterError, invalidRequestError, StripeApiError } from "../errors";
import { newId } from "../ids";
import { API_VERSION } from "../options";
import type { Provider } from "../provider";
import { parseForm } from "../wire/form";
import { readParams } from "../wire/params";
import { splitUrl } from "../wire/split-url";
import { authenticate } from "./authenticate";
import { eventRoutes } from "./events";
import {
  IdempotencyLocks,
  type IdempotentRequest,
  parseIdempotencyKey,
  toIdempotentRequest,
} from "./idempotency";
import { paymentRoutes } from "./payments";
import { expand } from "./present";
import type { Route } from "./route";
import { sessionRoutes } from "./sessions";

const ROUTES: readonly Route[] = [...sessionRoutes, ...paymentRoutes, ...eventRoutes];

const expandSchema = z.array(z.string()).optional();

interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

/** The HTTP API under `/v1`. */
export class Router {
  private readonly locks = new IdempotencyLocks();
  /** Number of calls, for tests; includes calls left without a response by a fault. */
  callCount = 0;

  constructor(
    private readonly provider: Provider,
    private readonly secretKey: string,
  ) {}

  /** Answers one call. Never throws. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.callCount++;
    const requestId = newId("req");
    try {
      const answer = await this.respond(request, requestId);
      if (answer === "hang") return;
      if (answer === "cut") response.destroy();
      else send(response, request, requestId, answer);
    } catch (error) {
      const apiError = asApiError(error);
      send(response, request, requestId, {
        status: apiError.status,
        body: JSON.stringify(apiError.body(), null, 2),
      });
    }
  }

  private async respond(request: IncomingMessage, requestId: string): Promise<Answer | "hang" | "cut"> {
    const method = request.method ?? "GET";
    const { pathname, query } = splitUrl(request);
    // Read first, so that the connection is reusable after an error too.
    const body = (await readBody(request, this.provider.limits.maxBodyBytes)).toString("utf8");
    authenticate(request, this.secretKey);
    checkVersion(request);
    const fault = this.provider.faults.consumeForCall(method, pathname);
    if (fault === "hang") return "hang";
    if (fault === "error")
      throw new StripeApiError(500, "api_error", "An unknown error occurred.", {}, false);
    if (fault === "rate-limit") {
      const message =
        "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.";
      throw new StripeApiError(429, "invalid_request_error", message, { code: "rate_limit" }, false);
    }
    const { route, id } = findRoute(method, pathname);
    const form = [query, method === "POST" ? body : ""].filter(Boolean).join("&");
    const key = method === "POST" ? parseIdempotencyKey(request.headers["idempotency-key"]) : null;
    const faultedRoute = fault === "empty-balance" ? { ...route, handle: refuseForEmptyBalance } : route;
    const answer =
      key === null
        ? await this.run(faultedRoute, id, form, requestId, null)
        : await this.runIdempotent(
            faultedRoute,
            id,
            form,
            requestId,
            toIdempotentRequest(key, pathname, form),
          );
    return fault === "lost" ? "cut" : answer;
  }

  private async runIdempotent(
    route: Route,
    id: string,
    form: string,
    requestId: string,
    idempotentRequest: IdempotentRequest,
  ): Promise<Answer> {
    const stored = this.locks.acquire(this.provider.store.state, idempotentRequest);
    if (stored) {
      const headers = { "idempotent-replayed": "true", "original-request": stored.requestId };
      return { status: stored.status, body: stored.body, headers };
    }
    try {
      return await this.run(route, id, form, requestId, idempotentRequest);
    } finally {
      this.locks.release(idempotentRequest.key);
    }
  }

  /** Commits the call's changes atomically with its stored response, and returns once they are on disk. */
  private async run(
    route: Route,
    id: string,
    form: string,
    requestId: string,
    idempotentRequest: IdempotentRequest | null,
  ): Promise<Answer> {
    const { provider } = this;
    let draft = provider.draft({ requestId, idempotencyKey: idempotentRequest?.key ?? null });
    let answer: Answer;
    try {
      const { expand: paths, ...fields } = parseForm(form);
      const expandPaths = readParams(
        z.strictObject({ expand: expandSchema }),
        paths === undefined ? {} : { expand: paths },
      );
      const input = readParams(route.schema, fields);
      const object = expand(draft, route.handle({ provider, draft, id, input }), expandPaths.expand ?? []);
      answer = { status: 200, body: JSON.stringify(object, null, 2) };
    } catch (error) {
      if (!(error instanceof StripeApiError) || !error.hasBegun || error.status >= 500) throw error;
      // Discards the changes and stores only the response.
      draft = provider.draft();
      answer = { status: error.status, body: JSON.stringify(error.body(), null, 2) };
    }
    if (idempotentRequest)
      draft.put("keys", idempotentRequest.key, { ...idempotentRequest, ...answer, requestId, at: draft.now });
    provider.commit(draft);
    await provider.store.durable();
    return answer;
  }
}

function findRoute(method: string, pathname: string): { route: Route; id: string } {
  for (const route of ROUTES) {
    const match = route.method === method ? route.path.exec(pathname) : null;
    if (match) return { route, id: decodeURIComponent(match[1] ?? "") };
  }
  throw new StripeApiError(
    404,
    "invalid_request_error",
    `Unrecognized request URL (${method}: ${pathname}). This local Stripe has the calls of its README only.`,
    {},
    false,
  );
}

function refuseForEmptyBalance(): never {
  throw invalidRequestError("Insufficient funds in Stripe account.", { code: "balance_insufficient" });
}

function checkVersion(request: IncomingMessage): void {
  const version = request.headers["stripe-version"];
  if (version === undefined || /^\d{4}-\d\d-\d\d(\.\w+)?$/.test(String(version))) return;
  throw invalidParameterError(undefined, `Invalid Stripe API version: ${version}`);
}

function send(response: ServerResponse, request: IncomingMessage, requestId: string, answer: Answer): void {
  const key = request.headers["idempotency-key"];
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(answer.body),
    "cache-control": "no-cache, no-store",
    "request-id": requestId,
    "stripe-version": String(request.headers["stripe-version"] ?? API_VERSION),
    ...(typeof key === "string" ? { "idempotency-key": key } : {}),
    ...(answer.status === 401 ? { "www-authenticate": 'Basic realm="Stripe"' } : {}),
    ...answer.headers,
  });
  response.end(answer.body);
}

function asApiError(error: unknown): StripeApiError {
  if (error instanceof StripeApiError) return error;
  if (error instanceof BodyTooLargeError) {
    return new StripeApiError(413, "invalid_request_error", error.message, {}, false);
  }
  if (error instanceof URIError) return invalidParameterError(undefined, "The path cannot be decoded");
  process.stderr.write(`Stripe emulator: request failed: ${error instanceof Error ? error.stack : error}\n`);
  return new StripeApiError(500, "api_error", "An unknown error occurred.", {}, false);
}
