import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { eraseBotBatch, publishWorkflows, sweepChats } from "@/lib/bot";
import { readyWorkflows } from "@/lib/bot/ready-workflows";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import { enqueue } from "@/lib/tasks";
import { type BestEffortQueue, type GuaranteedQueue, type HandledQueue, queues } from "@/lib/tasks/catalogue";
import { runTask } from "@/lib/tasks/run-task";
import { type AppRoute, allRoutes, callRoute, type RouteInput } from "@/tests/support/clients/routes";
import { deliver, signDelivery } from "@/tests/support/clients/signed-delivery";
import { controlOf } from "@/tests/support/clients/telegram";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createTestUser, type TestUser } from "@/tests/support/factories/accounts";
import { handleUntilTaken, pressUpdate, textUpdate } from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  linkTestPerson,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";
import {
  EXPIRED_SESSIONS,
  fillWithMillionRows,
  MINTED,
  NEEDLE,
  RARE,
  rowId,
} from "@/tests/support/factories/million-rows";
import { startTestChain } from "@/tests/support/factories/minting";
import { startTestSession } from "@/tests/support/factories/sessions";
import { stopShopServer } from "@/tests/support/factories/shop-server";
import { messagePayloads, taskPayloads } from "@/tests/support/factories/task-payloads";
import { createTestUsers, type TestUsers } from "@/tests/support/factories/test-users";
import { routeInputs } from "@/tests/support/fuzz/route-inputs";
import { type RecordedPlan, startPlanRecorder } from "@/tests/support/proxies/plan-recorder";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const hexSchema = z.templateLiteral(["0x", z.string()]);

const appUrl = process.env.APP_URL;
const backends = await startIsolatedBackends();
const recorder = await startPlanRecorder(backends.databaseUrl);
const chain = await startTestChain();
const minter = {
  ...{ chainId: chain.chainId, contract: chain.contract },
  address: privateKeyToAccount(hexSchema.parse(process.env.MINTER_PRIVATE_KEY)).address,
};
// The shop's server is at the address that it has set; QStash has the one of this database.
Object.assign(process.env, { DATABASE_URL: recorder.url, APP_URL: appUrl });

/** Rows that one statement may read: a page with its references, or a batch. */
const MAX_ROWS_READ = 20_000;
/** No statement writes more, whatever has piled up. */
const MAX_ROWS_WRITTEN = 5_000;

/** Statements that read much by their nature; each is rare. */
const EXCEPTIONS: readonly { route: RegExp; statement: RegExp; reason: string }[] = [
  {
    route: /^GET \/api\/(metrics|admin\/overview)/,
    statement: /SELECT pair\.queue, pair\.state/,
    reason: "counts up to ten thousand tasks of each queue and state from an index alone, for an operator",
  },
  {
    route: /^GET \/api\/admin\/tasks\/search\?error=timeout/,
    statement: /lower\("Task"\.error\) LIKE/,
    reason:
      "an operator's search reads the index entries of an error that very many tasks have, some milliseconds",
  },
  {
    route: /^GET \/api\/admin\/people\?q=/,
    statement: /^SELECT id::text FROM "User" WHERE \(search_text/,
    reason: "an operator's search reads the index entries of a term that very many names contain",
  },
  {
    route: /^POST \/api\/admin\/sessions\/clear/,
    statement: /"Session/,
    reason: "ends every session, for an operator in an emergency",
  },
  {
    route: /^GET \/api\/cron\/tidy/,
    statement: /FROM "public"\."MediaFile" AS "t0" WHERE \("t0"\."id" </,
    reason: "one window of files a day; its order by id makes Postgres read the table when all of it is old",
  },
  {
    route: /./,
    statement: /FROM "RevokedToken"\s+WHERE "expiresAt" >/,
    reason:
      "a process that starts reads the access tokens revoked in the last fifteen minutes, here all of the table",
  },
  {
    route: /^GET \/api\/people\?q=Леша/,
    statement: /WITH beginning AS/,
    reason: "a term inside of a tenth of all names reads their index entries",
  },
  {
    route: /^GET \/api\/bots\/numbers/,
    statement: /AS people/,
    reason: "counts the people of a bot up to a hundred thousand, from an index alone, for who runs it",
  },
  {
    route: /leaderboards/,
    statement: /row_number\(\) OVER/,
    reason: "one caller rebuilds a span's boards every ten minutes; all time has every sale",
  },
];

const routes = new Map((await allRoutes()).map((route) => [route.name, route]));
const measured: (RecordedPlan & { route: string })[] = [];
let largeTables = new Set<string>();
let users: TestUsers;
/** A user with many chats, orders, notifications and bonuses. */
let owner: TestUser;
/** Half of all Telegram users talk to it. */
let bot: TestBot;

beforeAll(async () => {
  users = await createTestUsers();
  owner = await createTestUser();
  const startedAt = performance.now();
  bot = await createTestBot();
  await controlOf(process.env.TELEGRAM_API_ROOT ?? "").setLimits({ enabled: false });
  largeTables = await fillWithMillionRows(backends.databaseUrl, { owner, minter, bigBotId: bot.id });
  // The chain agrees with the ledger.
  await chain.node.call("anvil_setNonce", [minter.address, `0x${MINTED.toString(16)}`]);
  process.stdout.write(`filled in ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  // Its connections planned with the statistics of empty tables.
  await disconnectDb();
}, 1_200_000);

afterAll(async () => {
  await waitForDeferredWork();
  process.stdout.write(formatTable());
  await stopShopServer();
  await chain.close();
  await disconnectDb();
  await recorder.close();
  await backends.stop();
});

function formatTable(): string {
  const rows = measured.map(({ route, statement, ms, rowsRead }) => {
    const text = statement.replace(/\s+/g, " ").trim();
    return `${route.padEnd(52)} ${ms.toFixed(2).padStart(9)} ms ${String(rowsRead).padStart(8)} rows  ${text.slice(0, 90)}`;
  });
  return `${rows.join("\n")}\n`;
}

/** The plans of some work's statements, those that follow it included. */
async function measureWork<T>(label: string, work: () => Promise<T>) {
  await waitForDeferredWork();
  recorder.take();
  const result = await work();
  await waitForDeferredWork();
  const plans = recorder.take();
  measured.push(...plans.map((plan) => ({ route: label, ...plan })));
  return { result, plans };
}

/** Calls a route and returns the plans of its statements, those that follow the response included. */
async function measure(route: AppRoute, label: string, input: RouteInput, token?: string) {
  const { result, plans } = await measureWork(label, () => callRoute(route, input, token));
  return { ...result, plans };
}

/** What is wrong with the plans, as readable lines. */
function faults(label: string, plans: readonly RecordedPlan[]): string[] {
  return plans.flatMap(({ statement, rowsRead, rowsWritten, scannedTables }) => {
    if (EXCEPTIONS.some((rule) => rule.route.test(label) && rule.statement.test(statement))) return [];
    const scanned = scannedTables.filter((table) => largeTables.has(table));
    const problems = [
      ...scanned.map((table) => `reads all of ${table}`),
      ...(rowsRead > MAX_ROWS_READ ? [`reads ${rowsRead} rows`] : []),
      ...(rowsWritten > MAX_ROWS_WRITTEN ? [`writes ${rowsWritten} rows`] : []),
    ];
    return problems.map((problem) => `${label} ${problem}: ${statement.replace(/\s+/g, " ").slice(0, 300)}`);
  });
}

const CALLERS = ["listener", "artist", "admin"] as const;
/** These routes end sessions and change accounts: each gets users of its own. */
const ACCOUNT_ROUTE = /^\S+ \/api\/(auth|me|sessions|admin\/(people|sessions))(\/|$)/;
/** Called by other services, with signatures; their statements are those of the tasks. */
const SIGNED_ROUTES = ["POST /api/qstash/{queue}", "POST /api/webhooks/payments"];

it.each([...routes.values()].filter(({ name }) => !SIGNED_ROUTES.includes(name)))("$name", async (route) => {
  const found: string[] = [];
  if (route.spec.auth === "cron") {
    found.push(...faults(route.name, (await measure(route, route.name, {}, process.env.CRON_SECRET)).plans));
  } else {
    const people = ACCOUNT_ROUTE.test(route.name) ? await createTestUsers() : users;
    for (const who of CALLERS) {
      const input = (await routeInputs[route.name]?.(people, people[who])) ?? {};
      const { accessToken } = await startTestSession(people[who]);
      const { status, plans } = await measure(route, route.name, input, accessToken);
      expect(status).toBeLessThan(500);
      found.push(...faults(route.name, plans));
    }
  }
  expect(found).toEqual([]);
});

const bigChat = { params: { id: rowId("chat", 1) } };
const cursorAt = (table: "order" | "post" | "product") => `cursor=${rowId(table, 100_000)}`;

const bigBot = { params: { botId: rowId("bot", 1) } };
/**
 * Words that all, a tenth, a thousandth, one and none have; their beginnings; words with mistakes; and words that each are
 * frequent, but never together.
 */
const SEARCHES = [
  ...["a", "music", "трек", "ночные трамваи", "house", RARE, NEEDLE, "zzzz", "т", "тр", "тра", "трам", "h"],
  ...[
    "трмавай",
    "musci",
    "Игокла",
    "трек house",
    "вальс вальс techno",
    "трек вальс",
    "Алёша",
    "person",
    "the",
    "и",
  ],
  ...["а б в г д е ж з", "!!", "#music", "#t"],
];
/** The same routes on the largest lists, and at their ends. */
const LARGE: readonly [name: string, input: RouteInput, as?: "admin"][] = [
  ["GET /api/chats", {}],
  ["GET /api/chats/{id}", bigChat],
  ["GET /api/chats/{id}/messages", bigChat],
  ["GET /api/chats/{id}/messages", { ...bigChat, query: "?before=250000" }],
  ["GET /api/chats/{id}/messages", { ...bigChat, query: "?after=250000" }],
  ["GET /api/chats/{id}/messages", { ...bigChat, query: "?since=499900" }],
  ["GET /api/chats/{id}/pinned", bigChat],
  ["POST /api/chats/{id}/read", { ...bigChat, body: { seq: 10 } }],
  ["GET /api/chats/open", { query: `?cursor=${Date.now() - 50_000_000}_${rowId("chat", 50_000)}` }],
  ...["а", "ле", "Леша", "алёша", "Алеша Апт", "иван", "zzzz", "zoe", "ян", "!!", "a!!", "😀"].map(
    (q): [string, RouteInput] => ["GET /api/people", { query: `?q=${encodeURIComponent(q)}` }],
  ),
  ...["а", "ле", "леша", "zzzz", "p999999@", "zoë", "!!"].map((q): [string, RouteInput, "admin"] => [
    "GET /api/admin/people",
    { query: `?q=${encodeURIComponent(q)}` },
    "admin",
  ]),
  ["GET /api/admin/people", { query: "?role=admin" }, "admin"],
  ["GET /api/admin/people", { query: "?role=artist" }, "admin"],
  ["GET /api/admin/people", { query: "?blocked=true" }, "admin"],
  ["GET /api/admin/audit", { query: "?action=role_changed" }, "admin"],
  ["GET /api/admin/tasks", {}, "admin"],
  ["GET /api/admin/tasks", { query: `?cursor=${rowId("task", 500_000)}` }, "admin"],
  ["GET /api/admin/tasks/{id}", { params: { id: rowId("task", 500_000) } }, "admin"],
  ...[
    "",
    "?limit=100",
    "?state=done",
    "?state=cancelled",
    "?state=dead",
    // None at all.
    "?state=running",
    "?queue=payments",
    "?queue=emails",
    "?queue=emails&state=cancelled",
    `?queue=emails&cursor=${rowId("task", 100_000)}`,
    "?error=econnrefused",
    "?error=ECONNREFUSED%20500000",
    "?error=ECONNREFUSED&queue=emails&state=dead",
    "?error=timeout",
    "?error=timeout&queue=payments",
    "?error=zzzz",
    `?owner=${rowId("user", 500_000)}`,
    `?owner=${rowId("user", 500_000)}&state=dead`,
    `?about=${rowId("order", 1_000)}`,
    `?about=${rowId("task", 1_000)}`,
    `?subject=order:${rowId("order", 1_000)}`,
    `?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`,
    `?from=2026-01-01T00:00:00Z&queue=emails`,
  ].map((query): [string, RouteInput, "admin"] => ["GET /api/admin/tasks/search", { query }, "admin"]),
  ...["", "?queue=emails", "?error=ECONNREFUSED", "?error=zzzz", `?about=${rowId("order", 1_000)}`].map(
    (query): [string, RouteInput, "admin"] => ["GET /api/admin/tasks/redrive", { query }, "admin"],
  ),
  ["GET /api/orders", {}],
  ["GET /api/orders", { query: `?as=seller&${cursorAt("order")}` }],
  ["GET /api/me/numbers", {}],
  ["GET /api/me/numbers", { query: "?days=90" }],
  ["GET /api/notifications", {}],
  ["GET /api/bonuses", {}],
  ["GET /api/people/{handle}", { params: { handle: "person-of-many-500000" } }],
  ["GET /api/people/{handle}", { params: { handle: "former-100000" } }],
  ["GET /api/posts", { query: `?${cursorAt("post")}` }],
  ["GET /api/posts", { query: `?authorId=${rowId("user", 500_000)}&${cursorAt("post")}` }],
  ["GET /api/posts", { query: "?tag=music" }],
  ["GET /api/posts", { query: `?tag=tag7&${cursorAt("post")}` }],
  ["GET /api/posts", { query: "?tag=zzzz" }],
  ...SEARCHES.map((q): [string, RouteInput] => ["GET /api/search", { query: `?q=${encodeURIComponent(q)}` }]),
  ["GET /api/search", { query: `?q=трек&kind=posts&limit=20&cursor=11000000_${rowId("post", 999_000)}` }],
  ["GET /api/products", { query: `?sellerId=${rowId("user", 500_000)}` }],
  ["GET /api/products", { query: `?${cursorAt("product")}` }],
  ["GET /api/bots", {}, "admin"],
  ["GET /api/bots/numbers", { query: `?botIds=${rowId("bot", 1)}` }, "admin"],
  ["GET /api/bots/{botId}/workflows", bigBot, "admin"],
  ["GET /api/bots/{botId}/workflows/{key}", { params: { ...bigBot.params, key: "flow1" } }, "admin"],
  ...[
    "",
    "?state=failed",
    // None at all.
    "?state=running",
    "?workflow=flow1",
    "?workflow=flow2&state=waiting",
    `?person=${rowId("botPerson", 1)}`,
    `?person=${rowId("botPerson", 1)}&state=running&workflow=flow2`,
    `?limit=100&cursor=${rowId("execution", 500_000)}`,
    `?workflow=flow1&cursor=${rowId("execution", 5)}`,
  ].map((query): [string, RouteInput, "admin"] => [
    "GET /api/bots/{botId}/executions",
    { ...bigBot, query },
    "admin",
  ]),
  [
    "GET /api/bots/{botId}/executions/{id}",
    { params: { ...bigBot.params, id: rowId("execution", 1_000) } },
    "admin",
  ],
];

it.each(LARGE)("%s %j", async (name, input, as) => {
  const route = routes.get(name);
  if (!route) throw new Error(`there is no route ${name}`);
  const { accessToken } = await startTestSession(as === "admin" ? users.admin : owner);
  const label = `${name}${input.query ? decodeURIComponent(input.query) : ""}`;
  const { status, plans } = await measure(route, label, input, accessToken);
  expect(status).toBe(200);
  expect(plans.length).toBeGreaterThan(0);
  expect(faults(label, plans)).toEqual([]);
});

/** Their files' bytes are in no store: the run fails there, after the statements before it. */
const FAILING_QUEUES: readonly string[] = ["file-processing", "audio-transcoding"];

it.each(Object.keys(taskPayloads) as (GuaranteedQueue & HandledQueue)[])("the task of %s", async (queue) => {
  const payload = await taskPayloads[queue]();
  const label = `task ${queue}`;
  const { result, plans } = await measureWork(label, async () => {
    // In a transaction that nothing follows: QStash does not deliver it meanwhile.
    const { id } = await db().$transaction((tx) => enqueue(tx, queue, payload, { key: newId() }));
    return runTask({ taskId: id, queue, messageId: null }).catch((error: unknown) => ({
      outcome: String(error),
    }));
  });
  if (!FAILING_QUEUES.includes(queue)) expect(result.outcome).toBe("done");
  expect(plans.length).toBeGreaterThan(2);
  expect(faults(label, plans)).toEqual([]);
});

it.each(Object.keys(messagePayloads) as (BestEffortQueue & HandledQueue)[])(
  "a message of %s",
  async (queue) => {
    const body = JSON.stringify({
      queue,
      version: queues[queue].version,
      payload: await messagePayloads[queue](),
    });
    const label = `message ${queue}`;
    const { result, plans } = await measureWork(label, async () =>
      deliver(queue, body, await signDelivery(queue, body)),
    );
    expect(result.status).toBe(200);
    expect(faults(label, plans)).toEqual([]);
  },
);

it("a conversation with a bot that a hundred thousand people talk to", async () => {
  const { sender } = await openTestPhone(bot);
  const found: string[] = [];
  const say = async (label: string, work: () => Promise<unknown>) => {
    const { plans } = await measureWork(`bot ${label}`, work);
    expect(plans.length, label).toBeGreaterThan(1);
    found.push(...faults(`bot ${label}`, plans));
  };
  await say("/start", () => handleUntilTaken(bot, textUpdate(sender, "/start")));
  await say("link", () => linkTestPerson(bot, sender, owner));
  const { id: personId } = await findTestPerson(bot, sender);
  for (const text of ["/history", "/referral", "/spend", "1"])
    await say(text, () => handleUntilTaken(bot, textUpdate(sender, text)));
  const asked = await readMessages(personId);
  expect(asked.map(({ text }) => text).join("\n")).toContain("Spend <b>1</b> bonuses?");
  const [yes] = asked.at(-1)?.buttons ?? [];
  const running = () => db().botExecution.findFirst({ where: { personId, state: "running" } });
  // Pressed again when a busy machine has let the press be ignored.
  const press = async () => {
    await handleUntilTaken(bot, pressUpdate(sender, yes?.data ?? ""));
    return (await running()) !== null;
  };
  await say("yes", () => waitUntil("the spend is under way", press, 500));
  const { id: executionId = "", stepNo = 0 } = (await running()) ?? {};
  const payload = { projectId: bot.id, sessionId: personId, executionId, stepNo };
  await say("spend", async () => {
    const { id } = await db().$transaction((tx) =>
      enqueue(tx, "workflow-executions", { do: "continue", ...payload }, { key: newId() }),
    );
    await runTask({ taskId: id, queue: "workflow-executions", messageId: null });
  });
  expect((await readMessages(personId)).at(-1)?.text).toContain("Spent: 1");
  await say("a sender that died", async () => {
    await db().botPerson.update({ where: { id: personId }, data: { sendingUntil: new Date(0) } });
    await sweepChats();
  });
  await say("publish", () => publishWorkflows(bot.id, readyWorkflows(true)));
  expect(found).toEqual([]);
});

it("the deletion of an account whose bot a hundred thousand people talk to", async () => {
  const found: string[] = [];
  // Two batches of each kind of row.
  const { plans } = await measureWork("erasing a big bot", async () => {
    for (let batch = 0; batch < 2; batch++) await eraseBotBatch(bot.owner.userId);
  });
  found.push(...faults("erasing a big bot", plans));
  expect(found).toEqual([]);
});

it("counting the unread messages of a chat with half a million reads a hundred of them", async () => {
  const route = routes.get("GET /api/chats/{id}");
  if (!route) throw new Error("the route is missing");
  const { accessToken } = await startTestSession(owner);
  const { body, plans } = await measure(route, "GET /api/chats/{id}, 500,000 unread", bigChat, accessToken);
  expect(body.chat?.unreadCount ?? body.unreadCount).toBe(100);
  // Other statements are the minute's check for due tasks that move money.
  const reads = plans
    .filter(({ statement }) => /WITH chat AS/.test(statement))
    .map(({ rowsRead }) => rowsRead);
  expect(reads).toHaveLength(1);
  expect(reads[0]).toBeLessThan(500);
});

it("one tidy deletes everything that is due", async () => {
  // Another tidy ran above, as one of the routes: nothing is left.
  const route = routes.get("GET /api/cron/tidy");
  if (!route) throw new Error("the route is missing");
  const deleted = measured.filter(
    ({ route: name, statement }) => name === "GET /api/cron/tidy" && /DELETE FROM "Session"/.test(statement),
  );
  expect(deleted.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0)).toBeGreaterThanOrEqual(
    EXPIRED_SESSIONS,
  );
  const { body } = await measure(route, "GET /api/cron/tidy, again", {}, process.env.CRON_SECRET);
  expect(body).toMatchObject({
    sessions: 0,
    tokens: 0,
    links: 0,
    finishedTasks: 0,
    alerts: 0,
    orders: 0,
    events: 0,
    botUpdates: 0,
    botMessages: 0,
    botExecutions: 0,
    botLinkCodes: 0,
  });
});
