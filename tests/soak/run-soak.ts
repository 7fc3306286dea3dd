import { setTimeout as delay } from "node:timers/promises";
import { db } from "@/lib/db";
import { createProduct } from "@/lib/shop";
import { newProductSchema } from "@/lib/shop/client";
import { sweepTasks } from "@/lib/tasks";
import { createPeople } from "@/tests/support/factories/people";
import { seededRandom } from "@/tests/support/fuzz/random";
import { serveApp } from "@/tests/support/processes/app-server";
import { passTime } from "./advance-time";
import { ask, signIn } from "./api-client";
import { settle } from "./drain";
import { FaultPlayer } from "./fault-injector";
import { startInstances } from "./instances";
import { judge, type Verdict, watchTasks } from "./invariants";
import { Journal } from "./journal";
import { planSoak, type SoakPlan } from "./plan-soak";
import { playOrder, type Shop } from "./play-order";
import type { World } from "./soak-stack";
import { startChaos } from "./start-chaos";

export interface SoakOptions {
  seed: number;
  orders: number;
  /** Instances of the app in processes of their own, beside the one in this process. */
  instances?: number;
  /** Orders under way at once. */
  shoppers?: number;
  /** False: nobody sweeps. For showing that the judge notices. */
  sweeps?: boolean;
  /** Nothing goes wrong but what the shoppers do. */
  quiet?: boolean;
  settleLimitMs?: number;
  onProgress?: (line: string) => void;
}

export interface SoakResult extends Verdict {
  plan: SoakPlan;
  journal: Journal;
  /** How often each kind of fault was played. */
  faults: Record<string, number>;
  deaths: number;
  seconds: number;
}

/** Of virtual time, so much for each tick of the real one. */
const TICK_MS = 500;
const SECONDS_PER_TICK = 45;
/** With more to do than this time stands still: everything would be late, and be sent again and again. */
const MOST_BACKLOG = 60;
const SWEEP_MS = 400;
const PROGRESS_EVERY = 250;

/**
 * Plays a plan against the real thing and judges it. An empty list of violations is what it should end with.
 * A world is used for one after the other; each begins with empty tables.
 */
export async function runSoak(
  world: World,
  {
    seed,
    orders,
    instances: instanceCount = 2,
    shoppers = 16,
    sweeps = true,
    quiet = false,
    settleLimitMs = 60_000,
    onProgress,
  }: SoakOptions,
): Promise<SoakResult> {
  const startedMs = Date.now();
  const plan = planSoak(seed, orders);
  const random = seededRandom(seed + 1);
  const journal = new Journal();
  await emptyWorld(world);
  await watchTasks();
  const { shop, initialStock } = await furnish(plan, world, journal);
  const app = await serveApp(0);
  const leave = world.balancer.add(Number(new URL(app.url).port));
  const instances = await startInstances(instanceCount, world.balancer, seed);
  const player = new FaultPlayer(world, instances, journal, random);
  const endChaos = quiet ? () => {} : startChaos(seededRandom(seed + 2));
  let over = false;
  const repeat = async (everyMs: number, work: () => Promise<unknown>) => {
    while (!over) {
      await delay(everyMs);
      await work().catch(() => {});
    }
  };
  const background = Promise.all([
    repeat(TICK_MS, async () => {
      if ((await backlog()) < MOST_BACKLOG) await passTime(SECONDS_PER_TICK);
    }),
    ...(sweeps
      ? [
          repeat(SWEEP_MS, () => sweepTasks()),
          repeat(SWEEP_MS, () =>
            ask("GET", "/api/cron/sweep-tasks", { token: process.env.CRON_SECRET ?? "" }),
          ),
        ]
      : []),
  ]);
  try {
    const faults = quiet ? [] : [...plan.faults];
    const waiting = [...plan.orders];
    await Promise.all(
      Array.from({ length: shoppers }, async () => {
        for (let order = waiting.shift(); order; order = waiting.shift()) {
          while (faults[0] && faults[0].atOrder <= order.index) {
            const fault = faults.shift();
            if (fault) player.play(fault);
          }
          await playOrder(order, shop);
          if (order.index % PROGRESS_EVERY === PROGRESS_EVERY - 1) onProgress?.(`${order.index + 1} orders`);
        }
      }),
    );
  } finally {
    over = true;
    await background;
    endChaos();
    instances.calm();
    await player.end();
  }
  onProgress?.("all orders are placed; settling");
  await settle(world, { sweeps, limitMs: settleLimitMs });
  const verdict = await judge(world, initialStock);
  await instances.stop();
  leave();
  await app.close();
  return {
    ...verdict,
    violations: [...journal.broken, ...verdict.violations],
    ...{ plan, journal, faults: player.played, deaths: instances.deaths },
    seconds: Math.round((Date.now() - startedMs) / 1_000),
  };
}

/** Tasks that could run and do not yet. */
function backlog(): Promise<number> {
  return db().task.count({
    where: { state: { in: ["pending", "published", "running"] }, notBefore: { lte: new Date() } },
  });
}

async function emptyWorld(world: World): Promise<void> {
  await db().$executeRawUnsafe(
    `TRUNCATE "User", "Task", "Alert", "PaymentEvent", "Refund", "Product", "Order", "Notification" CASCADE`,
  );
  await world.emptyRedis();
  await fetch(`${world.mail.pageUrl}/api/messages`, { method: "DELETE" });
}

async function furnish(
  plan: SoakPlan,
  { provider }: World,
  journal: Journal,
): Promise<{ shop: Shop; initialStock: Map<string, number | null> }> {
  const sellers = await createPeople(plan.sellers, "artist");
  const people = await createPeople(plan.buyers.length);
  await signIn([...sellers, ...people]);
  const buyers = plan.buyers.map(({ referrer }, index) => {
    const buyer = people[index];
    if (!buyer) throw new Error("a buyer was not created");
    return { ...buyer, referrer: referrer === null ? null : (people[referrer] ?? null) };
  });
  for (const { userId, referrer } of buyers) {
    if (referrer) await db().user.update({ where: { id: userId }, data: { referredById: referrer.userId } });
  }
  const products: Shop["products"] = [];
  const initialStock = new Map<string, number | null>();
  for (const [index, { seller, kind, priceMinor, currency, stock }] of plan.products.entries()) {
    const owner = sellers[seller];
    if (!owner) throw new Error("a seller was not created");
    const assetUrl = kind === "track" ? "https://files.test/track.wav" : null;
    const input = { kind, title: `Product ${index}`, priceMinor, currency, stock, assetUrl };
    const { id } = await createProduct(owner, newProductSchema.parse(input));
    products.push({ id, seller: owner });
    initialStock.set(id, stock);
  }
  return { shop: { buyers, products, provider, journal }, initialStock };
}
