import type { z } from "zod";
import { env } from "../env";
import { AppError } from "../errors";
import { newId } from "../ids";
import type { Locale } from "../locale";
import { log } from "../log";
import { requireFreshSignIn, type SignedInCaller } from "../permission";
import { secretsEqual } from "../secrets-equal";
import { currentTraceparent, getTraceId, withTrace } from "../trace";
import { DEFAULT_BODY_LIMIT_BYTES, readBytes, readJson } from "./body";
import { type ClientInfo, getClientInfo } from "./client-info";
import { errorResponse, toAppError } from "./error-response";
import { parseInput } from "./parse-input";
import { getRequestLocale } from "./request-locale";
import { requireSameOrigin } from "./require-same-origin";

/**
 * Who may call: anybody, anybody but for a part that is 401 without signing in (`optional`), somebody signed in, an
 * administrator, the platform's scheduler (its secret), or QStash (the handler verifies the signature over the raw body).
 */
export type Auth = "public" | "optional" | "user" | "admin" | "cron" | "qstash";

/**
 * How often one caller may ask, where it is not as often as most routes (lib/rate-limit/policies.ts). `frequent` is for
 * what a conversation consists of; `skip` for callers that prove themselves, by a signature or a secret.
 */
export type RouteLimit = "strict" | "renewal" | "frequent" | "files" | "skip";

/** What a route says of itself; also the source of docs/openapi.json and of the gate's table. */
export interface RouteSpec {
  /** One line for the API reference. */
  summary: string;
  auth: Auth;
  /** The password must have been given lately (`requireFresh`): for what a stolen device must not do. */
  fresh?: true;
  /** A signature over the body says who calls, and cookies count for nothing: any site may send it. */
  origin?: "any";
  limit?: RouteLimit;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** The body is a file's bytes, of whatever type, and the context has them as they came; in place of `body`. */
  bytes?: true;
  response: z.ZodType;
  /** Status of success; 200 unless said. */
  status?: 200 | 201 | 202;
  bodyLimitBytes?: number;
}

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface RouteContext<O extends RouteSpec> {
  params: Output<O["params"]>;
  query: Output<O["query"]>;
  body: Output<O["body"]>;
  bytes: O["bytes"] extends true ? Uint8Array : undefined;
  caller: O["auth"] extends "user" | "admin" ? SignedInCaller : SignedInCaller | null;
  client: ClientInfo;
  locale: Locale;
  requestId: string;
  request: Request;
}

/** An answer with more than a body. */
export class Reply<T> {
  constructor(
    readonly body: T,
    readonly init: { status?: number; headers?: Record<string, string>; cookies?: readonly string[] } = {},
  ) {}
}

type NextRouteContext = { params: Promise<Record<string, string | string[] | undefined>> };

/** What a `route.ts` exports for a method, with what it says of itself. */
export type RouteHandler = ((request: Request, context: NextRouteContext) => Promise<Response>) & {
  spec: RouteSpec;
};

interface RouteDependencies {
  /** Finds out who calls; null for nobody. */
  authenticate(request: Request): Promise<SignedInCaller | null>;
}

/**
 * Makes the wrapper that every route handler goes through. In this order: request id, whether another site
 * sent it, who calls, whether their role may, zod on everything that came in, the handler, zod on what goes out
 * (so a field that the schema does not name never leaves), errors in the standard body, one log line.
 * Whether *this* thing is theirs is decided in `lib`.
 */
export function createRoute({ authenticate }: RouteDependencies) {
  return function route<const O extends RouteSpec>(
    spec: O,
    handler: (
      context: RouteContext<O>,
    ) => Promise<z.input<O["response"]> | Reply<z.input<O["response"]>> | Response>,
  ): RouteHandler {
    const handle = (request: Request, nextContext: NextRouteContext): Promise<Response> =>
      withTrace(request.headers.get("traceparent"), () => respond(request, nextContext));
    const respond = async (request: Request, nextContext: NextRouteContext): Promise<Response> => {
      const requestId = newId();
      const startedAt = performance.now();
      const locale = getRequestLocale(request.headers);
      let caller: SignedInCaller | null = null;
      let response: Response;
      let failure: AppError | undefined;
      try {
        if (!isExemptFromOriginCheck(spec)) requireSameOrigin(request);
        caller = await authorizeCaller(spec, request, authenticate);
        const context = {
          params: spec.params && parseInput(spec.params, await nextContext.params, locale),
          query: spec.query && parseInput(spec.query, parseQuery(request), locale),
          body:
            spec.body &&
            parseInput(
              spec.body,
              await readJson(request, spec.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES),
              locale,
            ),
          bytes: spec.bytes && (await readBytes(request, spec.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES)),
          caller,
          client: getClientInfo(request.headers),
          locale,
          requestId,
          request,
        } as RouteContext<O>;
        response = successResponse(spec, await handler(context), requestId);
      } catch (error) {
        failure = toAppError(error);
        response = errorResponse(failure, locale, requestId);
      }
      const logFields = {
        requestId,
        traceId: getTraceId(currentTraceparent() ?? ""),
        method: request.method,
        path: new URL(request.url).pathname,
        status: response.status,
        ms: Math.round(performance.now() - startedAt),
        ...(caller ? { userId: caller.userId } : {}),
      };
      if (response.status >= 500)
        log().error({ ...logFields, err: failure?.cause ?? failure }, "request failed");
      else log().info(logFields, "request");
      return response;
    };
    return Object.assign(handle, { spec });
  };
}

/** Whoever calls proves it by what no browser adds by itself. */
function isExemptFromOriginCheck({ auth, origin }: RouteSpec): boolean {
  return origin === "any" || auth === "qstash" || auth === "cron";
}

async function authorizeCaller(
  { auth, fresh }: RouteSpec,
  request: Request,
  authenticate: RouteDependencies["authenticate"],
): Promise<SignedInCaller | null> {
  switch (auth) {
    case "qstash":
      return null;
    case "cron": {
      const secret = /^Bearer\s+(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
      if (!secretsEqual(secret, env().CRON_SECRET)) {
        throw new AppError("unauthenticated", { message: "bad_cron_secret" });
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
  return Response.json(spec.response.parse(body), { status: init.status ?? spec.status ?? 200, headers });
}
