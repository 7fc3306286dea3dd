import type { Currency } from "@/lib/schemas/currency";
import type { ProductKind } from "@/lib/schemas/enums";
import type { BuyerAction } from "@/local/stripe";
import { pick, seededRandom } from "@/tests/support/fuzz/random";

/**
 * The plan of a soak: a pure function of the seed and the number of orders. A seed repeats the plan but not the
 * interleaving, which depends on the machine's speed.
 */
export interface SoakPlan {
  seed: number;
  sellers: number;
  buyers: PlannedBuyer[];
  products: PlannedProduct[];
  orders: PlannedOrder[];
  /** In the order of injection. */
  faults: PlannedFault[];
}

export interface PlannedBuyer {
  /** Index of the buyer who referred this one; null for none. */
  referrer: number | null;
}

export interface PlannedProduct {
  seller: number;
  kind: ProductKind;
  priceMinor: number;
  currency: Currency;
  /** Null: unlimited. */
  stock: number | null;
}

export interface PlannedOrder {
  index: number;
  buyer: number;
  product: number;
  quantity: number;
  /** Share of what bonuses may pay of it at most; 0 for none. The buyer may not have as many. */
  bonusShare: number;
  /** How many copies of the request are sent concurrently. */
  copies: number;
  /** The buyer's actions on the provider's page, in order. */
  results: BuyerAction[];
  refunds: PlannedRefund[];
  /** Bonuses that the buyer's referrer spends afterwards, each request sent twice; 0 for none. */
  spends: number;
}

export interface PlannedRefund {
  by: "seller" | "provider";
  /** Share of the amount; null for the rest. */
  share: number | null;
  /** Refunded before the shop can have processed the payment. Only the provider can do so. */
  early: boolean;
}

/** A fault, injected when this many orders have begun. */
export type PlannedFault = { atOrder: number } & Fault;

export type Fault =
  | {
      kind: "qstash";
      mode: "refuse" | "hang" | "swallow" | "error" | "limited" | "page";
      forMs: number;
    }
  | { kind: "redis-down"; forMs: number }
  | { kind: "redis-flushed" }
  | { kind: "postgres-restarted" }
  | { kind: "commits-cut"; count: number }
  | { kind: "provider-api"; how: "error" | "rate-limit" | "lost" | "hang"; times: number }
  | { kind: "events"; how: "drop" | "copies" | "reorder" | "late"; forMs: number }
  | { kind: "mail"; how: "refuse" | "later" | "never" | "drop"; times: number }
  | { kind: "instance-killed"; instance: number }
  | { kind: "time-jump"; seconds: number }
  | { kind: "replay"; tasks: number; events: number };

/** Weighted: the common results are the most frequent. */
const RESULTS: readonly BuyerAction[][] = [
  ...Array<BuyerAction[]>(8).fill(["paid"]),
  ["failed", "paid"],
  ["failed", "paid"],
  ["failed"],
  ["abandoned"],
  ["twice"],
  ["twice"],
  ["late"],
  ["late"],
  ["refunded_first"],
  // The buyer never opens the page.
  [],
  [],
];

const REFUNDS: readonly PlannedRefund[][] = [
  ...Array<PlannedRefund[]>(12).fill([]),
  [{ by: "seller", share: null, early: false }],
  [{ by: "seller", share: null, early: false }],
  [{ by: "seller", share: 0.3, early: false }],
  [
    { by: "seller", share: 0.5, early: false },
    { by: "seller", share: null, early: false },
  ],
  [{ by: "provider", share: null, early: false }],
  [{ by: "provider", share: 0.4, early: false }],
  [{ by: "provider", share: null, early: true }],
  [{ by: "provider", share: 0.25, early: true }],
  [
    { by: "provider", share: 0.5, early: true },
    { by: "seller", share: null, early: false },
  ],
];

/** One fault of each kind in random order. Expensive faults occur once. */
function shuffledFaults(random: () => number): Fault[] {
  const ms = (max: number) => Math.floor(100 + random() * max);
  const qstash = (["refuse", "hang", "swallow", "error", "limited", "page"] as const).map(
    (mode): Fault => ({ kind: "qstash", mode, forMs: ms(700) }),
  );
  const events = (["drop", "copies", "reorder", "late"] as const).map(
    (how): Fault => ({ kind: "events", how, forMs: ms(1_200) }),
  );
  const api = (["error", "rate-limit", "lost", "lost", "hang"] as const).map(
    (how): Fault => ({
      kind: "provider-api",
      how,
      times: how === "hang" ? 1 : 1 + Math.floor(random() * 4),
    }),
  );
  const mail = (["refuse", "later", "never", "drop"] as const).map(
    (how): Fault => ({ kind: "mail", how, times: how === "never" ? 1 : 1 + Math.floor(random() * 3) }),
  );
  const all: Fault[] = [
    ...qstash,
    ...events,
    ...api,
    ...mail,
    { kind: "redis-down", forMs: ms(700) },
    { kind: "redis-flushed" },
    { kind: "redis-flushed" },
    { kind: "postgres-restarted" },
    ...[1, 2, 3].map((count): Fault => ({ kind: "commits-cut", count })),
    ...[0, 1].map((instance): Fault => ({ kind: "instance-killed", instance })),
    ...[300, 1_200, 2_400].map((seconds): Fault => ({ kind: "time-jump", seconds })),
    ...[1, 2, 3, 4].map((): Fault => ({ kind: "replay", tasks: 5, events: 5 })),
  ];
  for (let index = all.length - 1; index > 0; index -= 1) {
    const otherIndex = Math.floor(random() * (index + 1));
    const [fault, two] = [all[index], all[otherIndex]];
    if (fault && two) [all[index], all[otherIndex]] = [two, fault];
  }
  return all;
}

/** Orders per fault. */
const ORDERS_PER_FAULT = 4;

export function planSoak(seed: number, count: number): SoakPlan {
  const random = seededRandom(seed);
  const randomBelow = (max: number) => Math.floor(random() * max);
  const sellers = Math.min(40, Math.max(3, Math.floor(count / 40)));
  const buyers = Array.from({ length: Math.min(1_500, Math.max(6, Math.floor(count / 3))) }, (_, index) => ({
    referrer: index > 0 && random() < 0.6 ? randomBelow(index) : null,
  }));
  const products = Array.from({ length: sellers * 3 }, (_, index): PlannedProduct => {
    const roll = random();
    return {
      seller: index % sellers,
      kind: pick(["track", "licence", "ticket"] as const, random),
      priceMinor: 100 + randomBelow(20_000),
      currency: pick(["RUB", "RUB", "EUR", "USD"] as const, random),
      // Some products are scarce: buyers are turned away and compete for released stock.
      stock: roll < 0.4 ? null : roll < 0.7 ? 1 + randomBelow(6) : 10 * count,
    };
  });
  const orders = Array.from({ length: count }, (_, index): PlannedOrder => {
    const results = pick(RESULTS, random);
    const pays = results.length > 0 && results.every((result) => result !== "abandoned");
    return {
      index,
      buyer: randomBelow(buyers.length),
      product: randomBelow(products.length),
      quantity: 1 + (random() < 0.3 ? randomBelow(3) : 0),
      bonusShare: random() < 0.3 ? random() : 0,
      copies: random() < 0.15 ? 2 + randomBelow(2) : 1,
      results,
      refunds: pays ? pick(REFUNDS, random) : [],
      spends: random() < 0.1 ? 1 + randomBelow(500) : 0,
    };
  });
  const faults: PlannedFault[] = [];
  let remainingFaults: Fault[] = [];
  for (let atOrder = ORDERS_PER_FAULT; atOrder < count; atOrder += ORDERS_PER_FAULT) {
    if (remainingFaults.length === 0) remainingFaults = shuffledFaults(random);
    const fault = remainingFaults.pop();
    if (fault) faults.push({ atOrder, ...fault });
  }
  return { seed, sellers, buyers, products, orders, faults };
}
