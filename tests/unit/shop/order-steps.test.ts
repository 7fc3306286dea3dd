import { describe, expect, it } from "vitest";
import { buildOrderSteps } from "@/app/_features/shop/orders/build-order-steps";
import { isUnfinished } from "@/app/_features/shop/orders/use-live-order";
import { parseAmountMinor } from "@/app/_features/shop/parse-amount-minor";
import type { OrderView } from "@/lib/schemas/order";

const PLACED_AT = "2026-11-21T10:00:00.000Z";
const PAID_AT = "2026-11-21T10:01:00.000Z";

function order(differences: Partial<OrderView>): OrderView {
  return {
    ...{ id: "o", status: "pending", kind: "ticket", title: "A night", quantity: 1, currency: "EUR" },
    ...{ unitPriceMinor: 100, amountMinor: 100, refundedMinor: 0, productId: "p" },
    ...{ sellerName: null, buyerName: null, viewedAs: "buyer", checkoutUrl: null },
    ...{ createdAt: PLACED_AT, paidAt: null, deliveredAt: null, closedAt: null },
    ...{ tasks: [], deliveries: [] },
    ...differences,
  } as OrderView;
}

const steps = (differences: Partial<OrderView>) =>
  buildOrderSteps(order(differences)).map(({ name, state }) => `${name} ${state}`);

describe("an order's steps", () => {
  it("wait for the payment, then follow the tasks", () => {
    expect(steps({})).toEqual(["placed done", "payment active", "deliver-goods waiting"]);
    expect(
      steps({
        status: "paid",
        paidAt: PAID_AT,
        tasks: [
          { queue: "deliver-goods", state: "running" },
          { queue: "leaderboards", state: "pending" },
          { queue: "supplier-notifications", state: "dead" },
          { queue: "a-later-one", state: "done" },
        ],
      }),
    ).toEqual([
      "placed done",
      "payment done",
      "deliver-goods active",
      "leaderboards waiting",
      "supplier-notifications stuck",
      "later done",
    ]);
  });

  it("list what a refund repeated, and end with it", () => {
    const tasks = ["deliver-goods", "leaderboards", "payments", "leaderboards"].map((queue) => ({
      queue,
      state: "done" as const,
    }));
    expect(steps({ status: "refunded", paidAt: PAID_AT, closedAt: PAID_AT, tasks }).slice(2)).toEqual([
      "deliver-goods done",
      "leaderboards done",
      "payments done",
      "leaderboards-again done",
      "refunded done",
    ]);
  });

  it("stop at a failed payment", () => {
    expect(steps({ status: "failed" })).toEqual(["placed done", "payment stuck"]);
  });
});

describe("an order is polled", () => {
  it("while it may still change", () => {
    const done = [{ queue: "deliver-goods", state: "done" as const }];
    expect(isUnfinished(order({ status: "pending" }))).toBe(true);
    expect(isUnfinished(order({ status: "failed", checkoutUrl: "https://pay.test" }))).toBe(true);
    expect(isUnfinished(order({ status: "delivered", tasks: done }))).toBe(false);
    expect(
      isUnfinished(
        order({ status: "delivered", tasks: [...done, { queue: "payments", state: "published" }] }),
      ),
    ).toBe(true);
    expect(
      isUnfinished(order({ status: "delivered", tasks: [{ queue: "leaderboards", state: "dead" }] })),
    ).toBe(false);
  });
});

describe("an amount as input", () => {
  it.each([
    ["1 290,50", 129_050],
    ["1290.5", 129_050],
    ["0,07", 7],
    ["19.99", 1_999],
    ["1\u00a0000", 100_000],
  ])("%s", (input, minor) => {
    expect(parseAmountMinor(input)).toBe(minor);
  });

  it.each(["", "fifteen", "1,234", "-5", "1e3", "1.2.3"])("%j is not an amount", (input) => {
    expect(parseAmountMinor(input)).toBeNaN();
  });
});
