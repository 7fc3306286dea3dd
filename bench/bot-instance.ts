import { POST } from "@/app/api/webhooks/telegram/[botId]/route";
import { addBot } from "@/lib/bot";
import { webhookSecret } from "@/lib/bot/bots";
import { cacheManager } from "@/lib/cache";
import { waitForDeferredWork } from "@/lib/core/defer";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import { newToken } from "@/tests/support/clients/telegram";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { serveRoutes } from "@/tests/support/processes/route-server";
import type { BenchBot, InstanceCommand, InstanceCounts } from "./bot-protocol";
import { countStatements } from "./count-statements";

/**
 * An instance of the app in `npm run bench:bot`: it serves the webhook at `APP_URL`. With `WITHOUT_CACHE` it reads all from
 * Postgres.
 */

const statements = countStatements();
if (process.env.WITHOUT_CACHE === "1")
  Object.assign(cacheManager, {
    getOrSet: (_: string, __: string, load: () => Promise<unknown>) => load(),
    get: async () => undefined,
    set: async () => {},
  });

/** What one person owns, in minor units: enough for the question of how many to spend. */
const BONUSES = 10_000;

async function addBench({ peopleOfEach }: { peopleOfEach: number }): Promise<BenchBot> {
  const { userId: ownerId } = await createPerson("admin");
  const token = newToken();
  const id = await addBot({
    ownerId,
    name: "Bench",
    token,
    username: `bench_${newId()}`,
    isAdministrators: true,
  });
  const accounts = await createPeople(peopleOfEach);
  await db().bonusEntry.createMany({
    data: accounts.map(({ userId }) => ({
      ...{ id: newId(), userId, seq: 1, kind: "granted" as const, amount: BONUSES, balance: BONUSES },
      key: newId(),
    })),
  });
  const people = accounts.map((_, index) => Number(token.split(":")[0]) * 1_000 + index);
  await db().botPerson.createMany({
    data: accounts.map(({ userId }, index) => ({
      ...{ id: newId(), projectId: id, telegramId: BigInt(people[index] ?? 0), userId },
      ...{ name: "Tess", language: "en" },
    })),
  });
  return { id, secret: webhookSecret(id), people };
}

async function handleCommand(command: InstanceCommand): Promise<InstanceCounts> {
  const bots: BenchBot[] = [];
  if (command.do === "prepare")
    for (let bot = 0; bot < command.bots; bot += 1) bots.push(await addBench(command));
  await waitForDeferredWork();
  const { user, system } = process.cpuUsage();
  const { namespaces } = cacheManager.stats();
  const lookups = Object.fromEntries(
    Object.entries(namespaces).map(([name, { hitL1, hitL2, stale, miss, wait }]) => [
      name,
      { all: hitL1 + hitL2 + stale + miss + wait, hits: hitL1 + hitL2 },
    ]),
  );
  return { bots, statements: { ...statements }, lookups, cpuMs: (user + system) / 1_000 };
}

const { port } = new URL(env().APP_URL);
const app = await serveRoutes(Number(port), [
  { path: "/api/webhooks/telegram/{botId}", method: "POST", handler: POST },
]);
process.on("message", (command: InstanceCommand) => {
  handleCommand(command).then(
    (counts) => process.send?.(counts),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => {
  void app
    .close()
    .then(disconnectDb)
    .finally(() => process.exit(0));
});
process.send?.("ready");
