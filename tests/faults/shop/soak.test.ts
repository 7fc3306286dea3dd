import { afterAll, describe, expect, it } from "vitest";
import { db, disconnectDb } from "@/lib/db";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";
import { formatReport } from "../../soak/format-report";
import { runSoak } from "../../soak/run-soak";
import { startSoakStack } from "../../soak/soak-stack";

requireRealStack();

/**
 * The short form of `npm run test:soak`, which places 10,000 orders by a random seed. A seed repeats the plan, not the
 * interleaving; SOAK_SEED selects another plan.
 */
const ORDERS = runs(80);
const SEED = Number(process.env.SOAK_SEED ?? 20_261_121);
const stack = await startSoakStack();

afterAll(async () => {
  await disconnectDb();
  await stack.close();
});

/** Half a minute of work on two idle cores; a shared machine may take many times that. */
const TEST_TIMEOUT_MS = 600_000;

it(
  `${ORDERS} orders with random faults violate no invariant (seed ${SEED})`,
  async () => {
    const result = await runSoak(stack, { seed: SEED, orders: ORDERS, instances: 1 });
    console.log(await formatReport(result));
    expect(result.violations).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

/** Checks of the invariants themselves: they must detect a missing guarantee, and nothing else. */
describe("the invariants", () => {
  const smallSoak = { seed: 1, orders: 20, instances: 0, faultFree: true, drainTimeoutMs: 6_000 };

  it("find no violation without faults", async () => {
    const result = await runSoak(stack, { ...smallSoak, drainTimeoutMs: 30_000 });
    expect(result.violations).toEqual([]);
  });

  it("detect that no sweeper runs", async () => {
    const result = await runSoak(stack, { ...smallSoak, sweeps: false });
    expect(result.violations).not.toEqual([]);
  });

  it("detect that an order loses its payment id", async () => {
    await db().$executeRawUnsafe(`
CREATE OR REPLACE FUNCTION test_clear_payment_id() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  NEW."paymentIntentId" := NULL; RETURN NEW; END $$`);
    await db().$executeRawUnsafe(`
CREATE TRIGGER test_clear_payment_id BEFORE UPDATE ON "Order" FOR EACH ROW EXECUTE FUNCTION test_clear_payment_id()`);
    try {
      const result = await runSoak(stack, smallSoak);
      expect(result.violations).not.toEqual([]);
    } finally {
      await db().$executeRawUnsafe(`DROP TRIGGER test_clear_payment_id ON "Order"`);
    }
  });
});
