import { z } from "zod";
import { env } from "../env";
import { AppError } from "../errors";
import { newId } from "../ids";
import type { Locale } from "../locale";
import { log } from "../log";
import { requireFreshSignIn, type SignedInCaller } from "../permission";
import { withRequestId } from "../request-id";
import { secretsEqual } from "../secrets-equal";
import { isStorable } from "../text";
import { withTrace } from "../trace";
import {
  DEFAULT_BODY_LIMIT_BYTES,
  readBytes,
  readJson,
  readOptionalJson,
  readText,
  textResponse,
} from "./body";
import { type ClientInfo, getClientInfo, getRequestLocale } from "./client-info";
import { errorResponse, toAppError } from "./error-response";
import { parseInput } from "./parse-input";
import { requireSameOrigin } from "./require-same-origin";

/**
 * Who may call: any caller (`public`), any caller, with a part that is 401 without a session (`optional`), a signed-in
 * user, an administrator, the platform's scheduler or a monitoring system (by its secret), or QStash (the handler
 * verifies the signature over the raw body).
 */
export type Auth = "public" | "optional" | "user" | "admin" | "cron" | "metrics" | "qstash";

/**
 * The route's rate-limit policy if it is not `default` (lib/rate-limit/policies.ts). `frequent` is for chat traffic,
 * `events` for analytics; `skip` for callers that authenticate by a signature or a secret.
 */
export type RouteLimit = "strict" | "renewal" | "frequent" | "files" | "events" | "skip";

/** A route's declaration; also the source of docs/openapi.json and of the gate's policy table. */
export interface RouteSpec {
  /** One line for the API reference. */
  summary: string;
  auth: Auth;
  /** The password must have been entered recently (`requireFreshSignIn`). */
  fresh?: true;
  /** Skips the same-origin check: a signature over the body authenticates the caller, and cookies are ignored. */
  origin?: "any";
  limit?: RouteLimit;
  params?: z.ZodType;
  query?: z.ZodType;
  /** With a schema that accepts undefined, the request need not have a body. */
  body?: z.ZodType;
  /** The body is a file of any type, passed to the handler as raw bytes; replaces `body`. */
  bytes?: true;
  /**
   * The caller may repeat the request after an unknown outcome (a 503, a lost connection) with the same
   * `Idempotency-Key` header, and it is one request. The handler passes `idempotencyKey` on to lib.
   */
  repeatable?: true;
  /** The body is passed to the handler as text, which verifies a signature over it; replaces `body`. */
  text?: true;
  response: z.ZodType;
  /** Status of success; 200 by default. */
  status?: 200 | 201 | 202;
  bodyLimitBytes?: number;
}

/** A client makes a new key, such as a UUID, for each thing that its user wants done. */
export const idempotencyKeySchema = z.string().trim().min(1).max(100).refine(isStorable);

const idempotencyHeaderSchema = z.object({ "idempotency-key": idempotencyKeySchema.optional() });

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface RouteContext<O extends RouteSpec> {
  params: Output<O["params"]>;
  query: Output<O["query"]>;
  body: Output<O["body"]>;
  bytes: O["bytes"] extends true ? Uint8Array : undefined;
  text: O["text"] extends true ? string : undefined;
  caller: O["auth"] extends "user" | "admin" ? SignedInCaller : SignedInCaller | null;
  client: ClientInfo;
  locale: Locale;
  requestId: string;
  request: Request;
  /** Of a `repeatable` route: the caller's header, if there is one. */
  idempotencyKey: string | undefined;
}

/** A response body with a status, headers or cookies. */
export class Reply<T> {
  constructor(
    readonly body: T,
    readonly init: { status?: number; headers?: Record<string, string>; cookies?: readonly string[] } = {},
  ) {}
}

type NextRouteContext = { params: Promise<Record<string, string | string[] | undefined>> };

/** What a `route.ts` exports for a method: the handler with its spec. */
export type RouteHandler = ((request: Request, context: NextRouteContext) => Promise<Response>) & {
  spec: RouteSpec;
};

interface RouteDependencies {
  /** Returns the signed-in caller; null for an anonymous one. */
  authenticate(request: Request): Promise<SignedInCaller | null>;
  /** Called when a person's request is answered; it may defer work, and must not throw. */
  onAnswered?(): void;
  /** Called for every response, before `onAnswered`; must not throw. */
  onResponse?(response: { method: string; pathname: string; status: number; durationMs: number }): void;
}

/**
 * Creates the wrapper of every route handler. In this order: request id, same-origin check, authentication, role
 * check, zod on the input, the handler, zod on the output (which drops fields that the schema does not name), errors
 * in the standard body (a browser that navigates to the address sees a page), one log line. Whether the caller may access *this* resource is decided in `lib`.
 */
export function createRoute({ authenticate, onAnswered, onResponse }: RouteDependencies) {
  return function route<const O extends RouteSpec>(
    spec: O,
    handler: (
      context: RouteContext<O>,
    ) => Promise<z.input<O["response"]> | Reply<z.input<O["response"]>> | Response>,
  ): RouteHandler {
    const readBody = hasOptionalBody(spec) ? readOptionalJson : readJson;
    const handle = (request: Request, nextContext: NextRouteContext): Promise<Response> => {
      const requestId = newId();
      return withTrace(request.headers.get("traceparent"), () => respond(request, nextContext, requestId), {
        name: `${request.method} route`,
        ids: { requestId },
        joins: true,
      });
    };
    const respond = async (
      request: Request,
      nextContext: NextRouteContext,
      requestId: string,
    ): Promise<Response> => {
      const startedAt = performance.now();
      const locale = getRequestLocale(request.headers);
      let caller: SignedInCaller | null = null;
      let response: Response;
      let failure: AppError | undefined;
      try {
        const bodyLimitBytes = spec.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES;
        if (!isExemptFromOriginCheck(spec)) requireSameOrigin(request);
        caller = await authorizeCaller(spec, request, authenticate);
        const context = {
          params: spec.params && parseInput(spec.params, await nextContext.params, locale),
          query: spec.query && parseInput(spec.query, parseQuery(request), locale),
          body: spec.body && parseInput(spec.body, await readBody(request, bodyLimitBytes), locale),
          bytes: spec.bytes && (await readBytes(request, bodyLimitBytes)),
          text: spec.text && (await readText(request, bodyLimitBytes)),
          caller,
          client: getClientInfo(request.headers),
          locale,
          requestId,
          request,
          idempotencyKey: spec.repeatable && parseIdempotencyKey(request, locale),
        } as RouteContext<O>;
        const result = await withRequestId(requestId, () => handler(context));
        response = successResponse(spec, result, requestId);
      } catch (error) {
        failure = toAppError(error);
        response = errorResponse(failure, locale, requestId, { requestHeaders: request.headers });
      }
      const { method } = request;
      const { pathname } = new URL(request.url);
      const durationMs = performance.now() - startedAt;
      const logFields = {
        requestId,
        method,
        path: pathname,
        status: response.status,
        ms: Math.round(durationMs),
        ...(caller ? { userId: caller.userId } : {}),
      };
      if (response.status >= 500)
        log().error({ ...logFields, err: failure?.cause ?? failure }, "request failed");
      else log().info(logFields, "request");
      onResponse?.({ method, pathname, status: response.status, durationMs });
      if (!["qstash", "cron", "metrics"].includes(spec.auth)) onAnswered?.();
      return response;
    };
    return Object.assign(handle, { spec });
  };
}

/** The request need not have a body. */
export function hasOptionalBody({ body }: Pick<RouteSpec, "body">): boolean {
  return body?.safeParse(undefined).success ?? false;
}

/** These callers authenticate by a secret or signature that a browser does not add automatically. */
function isExemptFromOriginCheck({ auth, origin }: RouteSpec): boolean {
  return origin === "any" || auth === "qstash" || auth === "cron" || auth === "metrics";
}

async function authorizeCaller(
  { auth, fresh }: RouteSpec,
  request: Request,
  authenticate: RouteDependencies["authenticate"],
): Promise<SignedInCaller | null> {
  switch (auth) {
    case "qstash":
      return null;
    case "cron":
      if (!secretsEqual(bearerToken(request), env().CRON_SECRET)) {
        throw new AppError("unauthenticated", { message: "bad_cron_secret" });
      }
      return null;
    case "metrics": {
      const { METRICS_TOKEN } = env();
      if (METRICS_TOKEN === undefined || !secretsEqual(bearerToken(request), METRICS_TOKEN)) {
        throw new AppError("unauthenticated", { message: "bad_metrics_token" });
      }
      return null;
    }
    case "public":
    case "optional":
      return authenticate(request);
    case "user":
    case "admin": {
      const caller = await authenticate(request);
      if (!caller) throw new AppError("unauthenticated");
      if (auth === "admin" && caller.role !== "admin") throw new AppError("forbidden");
      if (fresh) requireFreshSignIn(caller);
      return caller;
    }
  }
}

/** Empty without one. */
function bearerToken(request: Request): string {
  return /^Bearer\s+(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
}

/** @throws {AppError} bad_request for a key of more than 100 characters */
function parseIdempotencyKey(request: Request, locale: Locale): string | undefined {
  const input = { "idempotency-key": request.headers.get("idempotency-key") ?? undefined };
  return parseInput(idempotencyHeaderSchema, input, locale)["idempotency-key"];
}

function parseQuery(request: Request): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  const { searchParams } = new URL(request.url);
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return query;
}

function successResponse(spec: RouteSpec, result: unknown, requestId: string): Response {
  if (result instanceof Response) return result;
  const { body, init } = result instanceof Reply ? result : new Reply(result);
  const headers = new Headers({ "cache-control": "no-store", ...init.headers });
  headers.set("x-request-id", requestId);
  for (const cookie of init.cookies ?? []) headers.append("set-cookie", cookie);
  const text = JSON.stringify(spec.response.parse(body));
  return textResponse(text, {
    status: init.status ?? spec.status ?? 200,
    headers,
    type: "application/json",
  });
}
