import { afterAll, describe, expect, it } from "vitest";
import { db, disconnectDb } from "@/lib/db";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";
import { formatReport } from "../../soak/format-report";
import { runSoak } from "../../soak/run-soak";
import { startSoakStack } from "../../soak/soak-stack";

requireRealStack();

/**
 * The short form of `npm run test:soak`, which runs 10,000 orders of any seed. The interleaving differs from run to
 * run; SOAK_SEED selects another plan.
 */
const ORDERS = runs(80);
const SEED = Number(process.env.SOAK_SEED ?? 20_261_121);
const stack = await startSoakStack();

afterAll(async () => {
  await disconnectDb();
  await stack.close();
});

/** Time limit (ms): half a minute of work for two idle cores, and more on a shared machine. */
const LIMIT_MS = 600_000;

it(
  `${ORDERS} orders with random faults violate no invariant (seed ${SEED})`,
  async () => {
    const result = await runSoak(stack, { seed: SEED, orders: ORDERS, instances: 1 });
    console.log(await formatReport(result));
    expect(result.violations).toEqual([]);
  },
  LIMIT_MS,
);

/** Checks of the invariants themselves: each must detect that a guarantee is missing. */
describe("the invariants", () => {
  const small = { seed: 1, orders: 20, instances: 0, faultFree: true, drainTimeoutMs: 6_000 };

  it("find no violation without faults", async () => {
    const result = await runSoak(stack, { ...small, drainTimeoutMs: 30_000 });
    expect(result.violations).toEqual([]);
  });

  it("find that no sweeper runs", async () => {
    const result = await runSoak(stack, { ...small, sweeps: false });
    expect(result.violations).not.toEqual([]);
  });

  it("find that an order loses its payment id", async () => {
    await db().$executeRawUnsafe(`
CREATE OR REPLACE FUNCTION test_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  NEW."paymentIntentId" := NULL; RETURN NEW; END $$`);
    await db().$executeRawUnsafe(`
CREATE TRIGGER test_forget BEFORE UPDATE ON "Order" FOR EACH ROW EXECUTE FUNCTION test_forget()`);
    try {
      const result = await runSoak(stack, small);
      expect(result.violations).not.toEqual([]);
    } finally {
      await db().$executeRawUnsafe(`DROP TRIGGER test_forget ON "Order"`);
    }
  });
});
