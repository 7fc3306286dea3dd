import { Client } from "pg";
import { expect, it } from "vitest";
import { POST as admit } from "@/app/api/deliveries/admit/route";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createPeople } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const TICKETS = 40;
/** Two waves, as the pool would grow with every wave whose statements go on without their callers. */
const WAVES = 2;
/** What the test itself has open, beside the pool's ten. */
const OWN_CONNECTIONS = 2;

it("while a table is locked, requests end without leaving statements behind, and can be repeated", async () => {
  const [seller, buyer] = await createPeople(2, "artist");
  const orderId = await createTestOrder({ seller, buyer, amountMinor: 100 });
  const codes = Array.from({ length: TICKETS }, () => newId().replaceAll("-", "").toUpperCase());
  await db().delivery.createMany({
    data: codes.map((code, index) => ({ id: newId(), orderId, kind: "ticket", unit: index + 1, code })),
  });
  const token = await accessTokenFor(seller);
  const keys = new Map(codes.map((code) => [code, newId()]));
  const admitAll = () =>
    Promise.all(
      codes.map(async (code) => {
        const headers = { "idempotency-key": keys.get(code) ?? "" };
        return (await call(admit, { token, body: { code }, headers })).status;
      }),
    );

  const locker = new Client({ connectionString: process.env.DATABASE_URL });
  const observer = new Client({ connectionString: process.env.DATABASE_URL });
  await Promise.all([locker.connect(), observer.connect()]);
  const countBackends = async (condition = "true"): Promise<number> => {
    const { rows } = await observer.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND backend_type = 'client backend' AND ${condition}`,
    );
    return rows[0]?.count ?? 0;
  };
  let maxBackends = 0;
  const poll = setInterval(async () => {
    maxBackends = Math.max(maxBackends, await countBackends());
  }, 200);
  try {
    // On a busy machine the waves take longer than the role's limit for an idle transaction.
    await locker.query("SET idle_in_transaction_session_timeout = 0");
    await locker.query('BEGIN; LOCK TABLE "Delivery" IN SHARE MODE');
    for (let wave = 0; wave < WAVES; wave += 1) expect(new Set(await admitAll())).toEqual(new Set([503]));
    clearInterval(poll);
    expect(await countBackends("wait_event_type = 'Lock'")).toBe(0);
    expect(maxBackends).toBeLessThanOrEqual(10 + OWN_CONNECTIONS);
    await locker.query("COMMIT");
    await waitUntil(
      "no statement runs any more",
      async () => (await countBackends("state = 'active'")) === 1,
    );
    expect(await db().delivery.count({ where: { orderId, usedAt: { not: null } } })).toBe(0);
    expect(new Set(await admitAll())).toEqual(new Set([200]));
  } finally {
    clearInterval(poll);
    await Promise.all([locker.end(), observer.end()]);
  }
});
