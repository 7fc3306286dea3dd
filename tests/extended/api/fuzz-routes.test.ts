import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { AUDIT_ACTIONS } from "@/lib/audit";
import { waitForDeferredWork } from "@/lib/core/defer";
import { ERROR_STATUS, type ErrorCode } from "@/lib/core/errors";
import { type AppRoute, allRoutes, buildRequest, responseText } from "@/tests/support/clients/routes";
import { signDelivery } from "@/tests/support/clients/signed-delivery";
import { TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { signEvent } from "@/tests/support/factories/shop";
import {
  createFuzzFixture,
  FUZZ_CALLERS,
  type FuzzCaller,
  type FuzzFixture,
} from "@/tests/support/fuzz/fuzz-fixture";
import {
  anyContentType,
  anyHeaders,
  bodiesAround,
  paramsAround,
  queriesAround,
  toWellFormed,
} from "@/tests/support/fuzz/request-arbitraries";
import { runs } from "@/tests/support/fuzz/runs";
import { fillPlaceholders, inputArbitrary, type KnownValues } from "@/tests/support/fuzz/schema-arbitraries";
import { tableChecksums } from "@/tests/support/stack/table-checksums";

/**
 * Calls every route with arbitrary input: it must never respond 500 or reveal internals, every rejection has the
 * standard body, and a rejected request writes nothing.
 *
 * `RUNS=60` runs for ten minutes (all routes together), `SEED=…` repeats a run: a failure names its seed.
 */
const SECONDS = runs(10);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Calls per route before the clock is checked: a slow machine still tests every route. */
const CALLS_PER_ROUND = 6;

const routes = await allRoutes();

const KNOWN: KnownValues = {
  ids: [
    ...[
      "order",
      "post",
      "product",
      "delivery",
      "task",
      "deadTask",
      "alert",
      "notification",
      "session",
      "file",
    ],
    ...["listener", "other", "artist", "unknown", "chat", "openChat", "chatMessage"],
    ...["bot", "execution", "botPerson"],
  ].map((name) => `{{${name}}}`),
  emails: ["{{email}}", "{{otherEmail}}", "fuzz@test.example", " FUZZ@Test.Example "],
  texts: [
    TEST_PASSWORD,
    "nine brown herons",
    "{{code}}",
    "{{downloadCode}}",
    "{{confirmLink}}",
    "{{resetLink}}",
    "{{refresh}}",
    "user:{{other}}",
    // A workflow.
    "ask",
  ],
};

const queueSchema = z.enum(["emails", "payments", "probe", "analytics"]);

/**
 * Routes that authenticate their caller by something else than a session have no body schema; these are their bodies.
 * They are signed as their callers sign.
 */
const UNDESCRIBED: Readonly<Record<string, z.ZodType>> = {
  "POST /api/qstash/audio-transcoding": z.object({ taskIds: z.array(z.uuid()).max(4) }),
  "POST /api/qstash/{queue}": z.union([
    z.object({ taskIds: z.array(z.uuid()).max(4) }),
    z.object({ queue: queueSchema, taskId: z.uuid(), generation: z.int().positive() }),
    z.object({ queue: queueSchema, version: z.int().min(0).max(3), payload: z.json() }),
  ]),
  "POST /api/webhooks/payments": z.object({
    id: z.uuid(),
    type: z.enum([
      "checkout.session.completed",
      "checkout.session.expired",
      "payment_intent.succeeded",
      "refund.created",
      "refund.updated",
      "charge.refunded",
      "customer.created",
    ]),
    data: z.object({
      object: z.object({
        id: z.string(),
        object: z.enum(["checkout.session", "refund", "charge"]).optional(),
        client_reference_id: z.uuid().nullable().optional(),
        metadata: z.object({ orderId: z.uuid().optional() }).nullable().optional(),
        payment_status: z.enum(["paid", "unpaid"]).optional(),
        payment_intent: z
          .union([z.string(), z.object({ id: z.string() })])
          .nullable()
          .optional(),
        amount_total: z.int().optional(),
        amount_received: z.int().optional(),
        amount_refunded: z.int().optional(),
        amount: z.int().optional(),
        currency: z.enum(["eur", "rub", "xxx"]).optional(),
        status: z.string().optional(),
      }),
    }),
  }),
};

/** Tables that a rejected request writes on purpose. */
const WRITTEN_ON_REJECTION: Readonly<Record<string, readonly string[]>> = {
  // Password guessing must be recorded.
  "POST /api/auth/sign-in": ["AuditEntry"],
  "POST /api/auth/confirm-password": ["AuditEntry"],
  "POST /api/me/password": ["AuditEntry"],
  "DELETE /api/me": ["AuditEntry"],
  // A reused refresh token revokes its session.
  "POST /api/auth/refresh": ["AuditEntry", "Session", "SessionGeneration"],
  // A task that can never succeed becomes dead, with an alert, before QStash gets the response.
  "POST /api/qstash/{queue}": ["Alert", "Task"],
  "POST /api/qstash/audio-transcoding": ["Alert", "Task"],
};

/** Routes whose 503 has a report of what is down; here QStash can reach no app. */
const REPORTS = new Set(["GET /api/test-integration"]);
/** QStash takes this status as "do not retry" and reads no body. */
const NON_RETRYABLE_STATUS = 489;

interface Attempt {
  as: FuzzCaller;
  params: Record<string, string>;
  query: string;
  body: string | Uint8Array | undefined;
  contentType: string;
  headers: Record<string, string>;
}

/** Adds ids of the kind that the path names, so that half of the ids match it. */
function idsFor(path: string): readonly string[] {
  const kind = /\/(\w+)\/\{(?:id|botId)\}/.exec(path)?.[1] ?? "";
  const names = IDS_BY_KIND[kind] ?? [];
  return names.length === 0
    ? KNOWN.ids
    : [...KNOWN.ids, ...KNOWN.ids.map((_, i) => `{{${names[i % names.length]}}}`)];
}

const IDS_BY_KIND: Readonly<Record<string, readonly string[]>> = {
  alerts: ["alert"],
  bots: ["bot", "execution"],
  chats: ["chat", "chat", "openChat"],
  messages: ["chatMessage"],
  deliveries: ["delivery"],
  media: ["file"],
  orders: ["order"],
  people: ["other", "artist"],
  posts: ["post"],
  products: ["product"],
  sessions: ["session"],
  tasks: ["task", "deadTask"],
};

/** Who has what the path names. */
const ownerOf = (path: string): FuzzCaller => (path.startsWith("/api/bots") ? "artist" : "listener");

function attemptsAt({ name, path, method, spec }: AppRoute): fc.Arbitrary<Attempt> {
  const nothing = fc.constant({});
  const body = UNDESCRIBED[name] ?? spec.body;
  const params = name === "POST /api/qstash/{queue}" ? z.object({ queue: queueSchema }) : spec.params;
  const isForMachines = name in UNDESCRIBED || spec.auth === "cron";
  return fc.record({
    as: fc.oneof(fc.constantFrom(...FUZZ_CALLERS), {
      weight: 2,
      arbitrary: fc.constant(spec.auth === "admin" ? "admin" : isForMachines ? "signature" : ownerOf(path)),
    }),
    params: params ? paramsAround(inputArbitrary(params, { ...KNOWN, ids: idsFor(path) })) : nothing,
    query: queriesAround(spec.query ? inputArbitrary(spec.query, KNOWN) : nothing),
    body:
      method === "GET" ? fc.constant(undefined) : bodiesAround(body ? inputArbitrary(body, KNOWN) : nothing),
    contentType: anyContentType,
    headers: fc.oneof({ weight: 2, arbitrary: nothing }, anyHeaders),
  });
}

/** The authentication of a machine: a secret or a signature. */
async function machineAuthHeaders(
  route: AppRoute,
  body: string,
  params: Record<string, string>,
): Promise<Record<string, string>> {
  if (route.spec.auth === "cron") return { authorization: `Bearer ${process.env.CRON_SECRET}` };
  if (route.spec.auth === "metrics") return { authorization: `Bearer ${process.env.METRICS_TOKEN}` };
  if (route.spec.auth === "qstash")
    return {
      "upstash-signature": await signDelivery(encodeURIComponent(params.queue ?? "audio-transcoding"), body),
    };
  return route.name === "POST /api/webhooks/payments" ? { "stripe-signature": signEvent(body) } : {};
}

async function attempt(route: AppRoute, { as, ...input }: Attempt, { known, tokenOf }: FuzzFixture) {
  const fill = (texts: Record<string, string>) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillPlaceholders(text, known)]));
  // As Next decodes them from the URL.
  const params = Object.fromEntries(
    Object.entries(fill(input.params)).map(([name, text]) => [name, toWellFormed(text)]),
  );
  const body = typeof input.body === "string" ? fillPlaceholders(input.body, known) : input.body;
  const token = tokenOf(as);
  const request = buildRequest(route, {
    params,
    query: fillPlaceholders(input.query, known),
    body,
    headers: {
      ...fill(input.headers),
      "content-type": input.contentType,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(as === "signature"
        ? await machineAuthHeaders(route, typeof body === "string" ? body : "", params)
        : {}),
    },
  });
  const response = await route.handler(request, { params: Promise.resolve(params) });
  return { response, text: await responseText(response) };
}

const errorBody = z.strictObject({
  error: z.strictObject({
    code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode]),
    message: z.string().min(1).max(300),
    requestId: z.uuid(),
    details: z.array(z.strictObject({ path: z.string(), message: z.string().min(1) })).optional(),
  }),
});

/** Internals that no response may reveal: stack traces, files, SQL, libraries. Names of audited actions are public. */
const INTERNALS =
  /^\s+at .+:\d+:\d+\)?$|node_modules|\.tsx?\b|prisma|postgres|redis|zod|\b(select|insert into|update|delete from)\b.+"\w+"|ECONN|TypeError|RangeError|SyntaxError/im;

function expectRejection(route: AppRoute, response: Response, text: string): void {
  const { status, headers: sent } = response;
  expect(status, text).not.toBe(500);
  expect(sent.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  if (REPORTS.has(route.name) && status === 503) {
    expect(route.spec.response.safeParse(JSON.parse(text)).success).toBe(true);
    return;
  }
  if (route.spec.auth === "qstash" && status === NON_RETRYABLE_STATUS) return;
  const { error } = errorBody.parse(JSON.parse(text));
  expect(ERROR_STATUS[error.code]).toBe(status);
  expect(status, text).not.toBe(503);
  expect(error.requestId).toBe(sent.get("x-request-id"));
  expect(sent.get("cache-control")).toBe("no-store");
  expect(AUDIT_ACTIONS.reduce((rest, action) => rest.replaceAll(action, ""), text)).not.toMatch(INTERNALS);
}

const statuses = new Map<string, Map<number, number>>();

function count(name: string, status: number): void {
  const counts = statuses.get(name) ?? new Map();
  statuses.set(name, counts.set(status, (counts.get(status) ?? 0) + 1));
}

afterAll(() => {
  const lines = [...statuses].map(
    ([name, counts]) =>
      `${name}: ${[...counts]
        .sort(([a], [b]) => a - b)
        .map(([status, calls]) => `${calls} x ${status}`)
        .join(", ")}`,
  );
  if (process.env.RUNS) console.log([`SEED=${SEED}`, ...lines].join("\n"));
});

/**
 * Routes that read leave the rows as they are, so several get the same ones; not so many that its users reach a limit.
 * Making them takes longer than the calls of a route.
 */
const READING_ROUTES_PER_FIXTURE = 8;
const ofReadingRoutes: { fixture?: FuzzFixture | undefined; uses: number } = { uses: 0 };
const isReading = ({ method, spec }: AppRoute) => method === "GET" && spec.auth !== "cron";

function takeFixture(route: AppRoute): FuzzFixture | undefined {
  return isReading(route) && ofReadingRoutes.uses < READING_ROUTES_PER_FIXTURE
    ? ofReadingRoutes.fixture
    : undefined;
}

function passOnFixture(route: AppRoute, fixture: FuzzFixture | undefined): void {
  if (!isReading(route)) return;
  const uses = fixture === ofReadingRoutes.fixture ? ofReadingRoutes.uses + 1 : 1;
  Object.assign(ofReadingRoutes, { fixture, uses });
}

describe(`arbitrary input (SEED=${SEED})`, () => {
  it.each(routes)("$name", async (route) => {
    const mayWrite = WRITTEN_ON_REJECTION[route.name] ?? [];
    const withoutAllowed = (sums: Record<string, string>) =>
      Object.fromEntries(Object.entries(sums).filter(([table]) => !mayWrite.includes(table)));
    let fixture = takeFixture(route);
    let before: Record<string, string> | undefined;
    const check = async (input: Attempt, isSecond = false): Promise<void> => {
      if (!fixture) {
        fixture = await createFuzzFixture();
        before = undefined;
      }
      const checksumsBefore = before ?? (await tableChecksums());
      before = undefined;
      const { response, text } = await attempt(route, input, fixture);
      count(route.name, response.status);
      await waitForDeferredWork();
      if (response.status < 400) {
        // The call may have signed out, renamed or erased a user.
        if (/\/api\/(auth|me|sessions|admin)\b/.test(route.path) && route.method !== "GET")
          fixture = undefined;
        return;
      }
      if (response.status === 503 && !REPORTS.has(route.name) && !isSecond) {
        // On a paused machine a backend may time out; what the input causes, it causes again.
        fixture = undefined;
        return check(input, true);
      }
      expectRejection(route, response, text);
      // This account has used up its attempts; new accounts have not.
      if (response.status === 429) fixture = undefined;
      const after = await tableChecksums();
      expect(withoutAllowed(after), `written with ${response.status}`).toEqual(
        withoutAllowed(checksumsBefore),
      );
      before = after;
    };
    const property = fc.asyncProperty(attemptsAt(route), (input) => check(input));
    const until = performance.now() + (SECONDS * 1000) / routes.length;
    let seed = SEED;
    do await fc.assert(property, { seed: seed++, numRuns: CALLS_PER_ROUND });
    while (performance.now() < until);
    passOnFixture(route, fixture);
  });
});
