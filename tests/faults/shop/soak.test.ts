import { afterAll, describe, expect, it } from "vitest";
import { db, disconnectDb } from "@/lib/db";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";
import { formatReport } from "../../soak/format-report";
import { runSoak } from "../../soak/run-soak";
import { startSoakStack } from "../../soak/soak-stack";

requireRealStack();

/**
 * The short form of `npm run test:soak`, which plays 10,000 orders of any seed. What interleaves differs from run to
 * run all the same; SOAK_SEED plays another plan.
 */
const ORDERS = 80;
const SEED = Number(process.env.SOAK_SEED ?? 20_261_121);
const world = await startSoakStack();

afterAll(async () => {
  await disconnectDb();
  await world.close();
});

/** Half a minute of work for two cores; how long that takes is up to whoever else works on them. */
const LIMIT_MS = 600_000;

it(
  `${ORDERS} orders with random faults end as they should (seed ${SEED})`,
  async () => {
    const result = await runSoak(world, { seed: SEED, orders: ORDERS, instances: 1 });
    console.log(await formatReport(result));
    expect(result.violations).toEqual([]);
  },
  LIMIT_MS,
);

/** A judge who finds nothing when a guarantee is taken away would prove nothing. */
describe("the judge notices", () => {
  const small = { seed: 1, orders: 20, instances: 0, quiet: true, settleLimitMs: 6_000 };

  it("nothing, when nothing is wrong", async () => {
    const result = await runSoak(world, { ...small, drainTimeoutMs: 30_000 });
    expect(result.violations).toEqual([]);
  });

  it("that nobody sweeps", async () => {
    const result = await runSoak(world, { ...small, sweeps: false });
    expect(result.violations).not.toEqual([]);
  });

  it("that an order does not remember what it was paid with", async () => {
    await db().$executeRawUnsafe(`
CREATE OR REPLACE FUNCTION test_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  NEW."paymentIntentId" := NULL; RETURN NEW; END $$`);
    await db().$executeRawUnsafe(`
CREATE TRIGGER test_forget BEFORE UPDATE ON "Order" FOR EACH ROW EXECUTE FUNCTION test_forget()`);
    try {
      const result = await runSoak(world, small);
      expect(result.violations).not.toEqual([]);
    } finally {
      await db().$executeRawUnsafe(`DROP TRIGGER test_forget ON "Order"`);
    }
  });
});
