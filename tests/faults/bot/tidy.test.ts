import { Client } from "pg";
import { expect, it } from "vitest";
import { GET as tidy } from "@/app/api/cron/tidy/route";
import { setClock } from "@/lib/core/clock";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { openLinkedPhone } from "@/tests/support/factories/bots";
import { startBotFaultStack } from "@/tests/support/stack/bot-fault-stack";

const bot = await startBotFaultStack();

/** `ROWS=100000` measures: the rates are printed. */
const ROWS = Number(process.env.ROWS ?? 30_000);

/** Expired rows of conversations, each update with an execution of three steps and two messages. */
async function insertExpired(): Promise<void> {
  const { personId } = await openLinkedPhone(bot);
  const workflow = await db().botWorkflow.findFirstOrThrow({ where: { projectId: bot.id, key: "start" } });
  const versionId = workflow.publishedVersionId;
  // Filling is no work of the app, whose limits it would reach; the rows' references are right as they are made.
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const names = [bot.id, personId, workflow.id, versionId].map((id) => client.escapeLiteral(id ?? ""));
  const [botId, person, workflowId, version] = names;
  await client.query(`
SET session_replication_role = replica;
SET statement_timeout = 0;
INSERT INTO "BotUpdate" ("projectId", "updateId", "receivedAt")
SELECT ${botId}, -n, now() - interval '4 days' - n * interval '1 ms' FROM generate_series(1, ${ROWS}) n;
INSERT INTO "BotExecution" (id, "projectId", "personId", "workflowId", "versionId", state, "nodeId", frames, variables,
  "stepNo", "createdAt", "finishedAt")
SELECT gen_random_uuid(), ${botId}, ${person}, ${workflowId}, ${version}, 'done', 'end', '[]', '{}', 3,
  now() - interval '91 days', now() - interval '91 days' - n * interval '1 ms'
FROM generate_series(1, ${ROWS}) n;
INSERT INTO "BotStep" ("executionId", no, "versionId", "nodeId", kind)
SELECT id, no, "versionId", 'hello', 'message' FROM "BotExecution", generate_series(1, 3) no
WHERE "finishedAt" < now() - interval '90 days';
INSERT INTO "BotMessage" (id, "personId", "executionId", "stepNo", revision, part, method, payload, state, "createdAt")
SELECT gen_random_uuid(), ${person}, id, part, -n, part, 'sendMessage', '{"text": "Hello"}', 'sent', "finishedAt"
FROM (SELECT id, "finishedAt", row_number() OVER () AS n FROM "BotExecution"
  WHERE "finishedAt" < now() - interval '90 days') execution, generate_series(1, 2) part;
ANALYZE "BotUpdate", "BotExecution", "BotStep", "BotMessage"`);
  await client.end();
}

const countExpired = async () => ({
  updates: await db().botUpdate.count({ where: { updateId: { lt: 0 } } }),
  messages: await db().botMessage.count({ where: { revision: { lt: 0 } } }),
  steps: await db().botStep.count({
    where: { execution: { createdAt: { lt: new Date(Date.now() - 86_400_000) } } },
  }),
});

/** Each look at the clock takes two seconds: no run gets far. */
async function hurry<T>(work: () => Promise<T>): Promise<T> {
  let nowMs = Date.now();
  const restore = setClock({
    now: () => {
      nowMs += 2_000;
      return nowMs;
    },
  });
  return work().finally(restore);
}

it(`a tidy that ends with rows left goes on in tasks until ${ROWS} of each kind are gone`, async () => {
  await insertExpired();
  await db().botUpdate.create({ data: { projectId: bot.id, updateId: 1n } });
  let runs = 0;
  const startedAt = performance.now();
  const headers = { authorization: `Bearer ${process.env.CRON_SECRET}` };
  const tidied = await hurry(() => call(tidy, { headers }));
  expect(tidied.status).toBe(200);
  expect((await countExpired()).messages).toBeGreaterThan(0);
  for (;;) {
    const next = await db().task.findFirst({ where: { queue: "bot-tidying", state: { not: "done" } } });
    if (!next) break;
    runs += 1;
    if (runs > 100) throw new Error("the tidy does not end");
    expect((await hurry(() => deliverTask("bot-tidying", next.id))).status).toBe(200);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(`${runs} runs; ${Math.round((ROWS * 7) / seconds)} rows a second`);
  expect(runs).toBeGreaterThan(2);
  expect(await countExpired()).toEqual({ updates: 0, messages: 0, steps: 0 });
  expect(await db().botUpdate.count({ where: { updateId: 1n } })).toBe(1);
});
