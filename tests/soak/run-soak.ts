import { setTimeout as delay } from "node:timers/promises";
import { db } from "@/lib/db";
import { newProductSchema } from "@/lib/schemas/product";
import { createProduct } from "@/lib/shop";
import { sweepTasks } from "@/lib/tasks";
import { grantBonuses } from "@/tests/support/factories/ledger-tools";
import { createPeople } from "@/tests/support/factories/people";
import { seededRandom } from "@/tests/support/fuzz/random";
import { serveApp } from "@/tests/support/processes/app-server";
import { advanceTime } from "./advance-time";
import { sendRequest, signInPeople } from "./api-client";
import { drain } from "./drain";
import { FaultInjector } from "./fault-injector";
import { startInstances } from "./instances";
import { checkInvariants, type InvariantReport, watchTaskRegressions } from "./invariants";
import { Journal } from "./journal";
import { planSoak, type SoakPlan } from "./plan-soak";
import { playOrder, type SoakShop } from "./play-order";
import type { SoakStack } from "./soak-stack";
import { startChaos } from "./start-chaos";

export interface SoakOptions {
  seed: number;
  orders: number;
  /** Instances of the app in child processes, in addition to the one in this process. */
  instances?: number;
  /** Orders in progress concurrently. */
  shoppers?: number;
  /** False: no sweeper runs, to show that the invariants detect it. */
  sweeps?: boolean;
  /** No injected faults, only what the shoppers do. */
  faultFree?: boolean;
  drainTimeoutMs?: number;
  onProgress?: (line: string) => void;
}

export interface SoakResult extends InvariantReport {
  plan: SoakPlan;
  journal: Journal;
  /** How often each kind of fault was injected. */
  faults: Record<string, number>;
  deaths: number;
  seconds: number;
}

/** Each tick of real time moves time by this many seconds. */
const TICK_MS = 500;
const VIRTUAL_SECONDS_PER_TICK = 45;
/** With a backlog above this, time does not move: everything would be late and be sent again. */
const MAX_BACKLOG = 60;
const SWEEP_INTERVAL_MS = 400;
const ORDERS_PER_PROGRESS_LINE = 250;
/** Hundredths that each buyer has at first: enough for some orders. */
const GRANTED_BONUSES = 3_000_000;

/**
 * Runs a plan against the real stack and checks the invariants; the list of violations should be empty. A stack can run
 * several soaks one after another; each begins with empty tables.
 */
export async function runSoak(
  stack: SoakStack,
  {
    seed,
    orders,
    instances: instanceCount = 2,
    shoppers = 16,
    sweeps = true,
    faultFree = false,
    drainTimeoutMs = 60_000,
    onProgress,
  }: SoakOptions,
): Promise<SoakResult> {
  const startedMs = Date.now();
  const plan = planSoak(seed, orders);
  const random = seededRandom(seed + 1);
  const journal = new Journal();
  await resetBackends(stack);
  await watchTaskRegressions();
  const { shop, initialStock } = await createShop(plan, stack, journal);
  const app = await serveApp(0);
  const detach = stack.balancer.add(Number(new URL(app.url).port));
  const instances = await startInstances(instanceCount, stack.balancer, seed);
  const injector = new FaultInjector(stack, instances, journal, random);
  const stopChaos = faultFree ? () => {} : startChaos(seededRandom(seed + 2));
  let stopped = false;
  const repeat = async (everyMs: number, work: () => Promise<unknown>) => {
    while (!stopped) {
      await delay(everyMs);
      await work().catch(() => {});
    }
  };
  const background = Promise.all([
    repeat(TICK_MS, async () => {
      if ((await countBacklog()) < MAX_BACKLOG) await advanceTime(VIRTUAL_SECONDS_PER_TICK);
    }),
    ...(sweeps
      ? [
          repeat(SWEEP_INTERVAL_MS, () => sweepTasks()),
          repeat(SWEEP_INTERVAL_MS, () =>
            sendRequest("GET", "/api/cron/sweep-tasks", { token: process.env.CRON_SECRET ?? "" }),
          ),
        ]
      : []),
  ]);
  try {
    const faults = faultFree ? [] : [...plan.faults];
    const remainingOrders = [...plan.orders];
    await Promise.all(
      Array.from({ length: shoppers }, async () => {
        for (let order = remainingOrders.shift(); order; order = remainingOrders.shift()) {
          while (faults[0] && faults[0].atOrder <= order.index) {
            const fault = faults.shift();
            if (fault) injector.inject(fault);
          }
          await playOrder(order, shop);
          if (order.index % ORDERS_PER_PROGRESS_LINE === ORDERS_PER_PROGRESS_LINE - 1)
            onProgress?.(`${order.index + 1} orders`);
        }
      }),
    );
  } finally {
    stopped = true;
    await background;
    stopChaos();
    instances.stopChaos();
    await injector.restoreAll();
  }
  onProgress?.("all orders are placed; draining");
  await drain(stack, { sweeps, timeoutMs: drainTimeoutMs });
  const report = await checkInvariants(stack, initialStock);
  await instances.stop();
  detach();
  await app.close();
  return {
    ...report,
    violations: [...journal.violations, ...report.violations],
    ...{ plan, journal, faults: injector.played, deaths: instances.deaths },
    seconds: Math.round((Date.now() - startedMs) / 1_000),
  };
}

/** Tasks that are due and not finished. */
function countBacklog(): Promise<number> {
  return db().task.count({
    where: { state: { in: ["pending", "published", "running"] }, notBefore: { lte: new Date() } },
  });
}

async function resetBackends(stack: SoakStack): Promise<void> {
  await db().$executeRawUnsafe(
    `TRUNCATE "User", "Task", "Alert", "PaymentEvent", "Refund", "Product", "Order", "Notification" CASCADE`,
  );
  await stack.emptyRedis();
  await fetch(`${stack.mail.pageUrl}/api/messages`, { method: "DELETE" });
}

async function createShop(
  plan: SoakPlan,
  { provider }: SoakStack,
  journal: Journal,
): Promise<{ shop: SoakShop; initialStock: Map<string, number | null> }> {
  const sellers = await createPeople(plan.sellers, "artist");
  const people = await createPeople(plan.buyers.length);
  await signInPeople([...sellers, ...people]);
  const buyers = plan.buyers.map(({ referrer }, index) => {
    const buyer = people[index];
    if (!buyer) throw new Error("a buyer was not created");
    return { ...buyer, referrer: referrer === null ? null : (people[referrer] ?? null) };
  });
  for (const { userId, referrer } of buyers) {
    await grantBonuses({ userId }, GRANTED_BONUSES);
    if (referrer) await db().user.update({ where: { id: userId }, data: { referredById: referrer.userId } });
  }
  const products: SoakShop["products"] = [];
  const initialStock = new Map<string, number | null>();
  for (const [index, { seller, kind, priceMinor, currency, stock }] of plan.products.entries()) {
    const owner = sellers[seller];
    if (!owner) throw new Error("a seller was not created");
    const assetUrl = kind === "track" ? "https://files.test/track.wav" : null;
    const input = { kind, title: `Product ${index}`, priceMinor, currency, stock, assetUrl };
    const { id } = await createProduct(owner, newProductSchema.parse(input));
    products.push({ id, seller: owner, priceMinor, currency });
    initialStock.set(id, stock);
  }
  return { shop: { buyers, products, provider, journal }, initialStock };
}
