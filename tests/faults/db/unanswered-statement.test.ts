import { afterAll, expect, it } from "vitest";
import { db, disconnectDb, transaction } from "@/lib/db";
import { statementLimit } from "@/lib/db/pool";
import { createPerson } from "@/tests/support/factories/people";
import { startPostgresProxy } from "@/tests/support/proxies/tcp-proxy";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** While held, Postgres executes statements and its answers wait in the proxy, as on a network that stalls. */
let isHeld = false;
const heldAnswers: (() => void)[] = [];
const proxy = await startPostgresProxy(process.env.DATABASE_URL ?? "", (client, dial) => {
  const backend = dial();
  client.pipe(backend);
  backend.on("data", (answer: Buffer) => {
    const pass = () => client.write(answer);
    if (isHeld) heldAnswers.push(pass);
    else pass();
  });
});
process.env.DATABASE_URL = proxy.url;
afterAll(async () => {
  await disconnectDb();
  await proxy.close();
});

it("a transaction whose answers are late is not committed by the next user of its connection", async () => {
  const { userId: id } = await createPerson();
  const before = await db().user.findUniqueOrThrow({ where: { id } });
  const change = statementLimit.run(200, () =>
    transaction(async (tx) => {
      isHeld = true;
      await tx.user.update({ where: { id }, data: { name: "Changed" } });
    }),
  );
  await expect(change).rejects.toThrow("Query read timeout");
  isHeld = false;
  for (const pass of heldAnswers.splice(0)) pass();
  await transaction((tx) => tx.$queryRaw`SELECT 1`);
  await transaction((tx) => tx.$queryRaw`SELECT 1`);
  expect((await db().user.findUniqueOrThrow({ where: { id } })).name).toBe(before.name);
});
