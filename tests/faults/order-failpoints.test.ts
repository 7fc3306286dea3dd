import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import type { Failpoint } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import { sweepTasks } from "@/lib/tasks";
import { ask } from "../soak/api-client";
import { judge, watchTasks } from "../soak/judge";
import { settle } from "../soak/settle";
import { passAllTime } from "../soak/time";
import { startWorld } from "../soak/world";
import { type AppServer, serveApp } from "../support/app-server";
import { startChild } from "../support/children";
import { type Scenario, testFailpoints } from "../support/failpoints";
import { requireRealStack } from "../support/real-stack";
import { createReferred, createTestProduct } from "../support/shop";
import { until } from "../support/until";

requireRealStack();

/**
 * The shop's failpoints once more (shop-failpoints.test.ts has them one step at a time), now in a whole order with
 * everything that belongs to it, and judged by the judge of the soak. The backends are of this file's own, so that
 * all there is can be judged.
 */
const world = await startWorld();
const initialStock = new Map<string, number | null>();
const STOCK = 3;
let app: AppServer;
let leave: (() => void) | undefined;

beforeAll(async () => {
  await watchTasks();
  app = await serveApp(0);
  join();
});
afterAll(async () => {
  leave?.();
  await app.close();
  await disconnectDb();
  await world.close();
});

/** This process takes requests from now on. */
function join(): void {
  leave ??= world.balancer.add(Number(new URL(app.url).port));
}

async function order({ refunded }: { refunded: boolean }): Promise<Scenario> {
  const product = await createTestProduct({ stock: STOCK });
  initialStock.set(product.id, STOCK);
  const { buyer } = await createReferred();
  const body = { productId: product.id, quantity: 2, clientKey: newId() };

  /** The buyer orders and pays, and orders again where there was no answer; then the seller gives the money back. */
  async function play(): Promise<void> {
    const placed = await ask("POST", "/api/orders", { as: buyer, body });
    const checkoutUrl: string | null = placed?.body?.checkoutUrl ?? null;
    if (placed?.status !== 201) return;
    if (checkoutUrl) {
      await fetch(checkoutUrl, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ result: "paid" }),
        redirect: "manual",
      });
    }
    if (!refunded) return;
    const { id } = placed.body.order;
    const isOver = await comesTo(id, ["delivered", "refunded"]);
    if (isOver) await ask("POST", `/api/orders/${id}/refund`, { as: product.seller, body: {} });
  }

  return {
    act: play,
    again: async () => {
      const told = await db().paymentEvent.findMany({ orderBy: { receivedAt: "desc" }, take: 4 });
      for (const { id } of told) world.provider.resend(id);
      const task = await db().task.findFirst({ where: { queue: "payments" }, orderBy: { id: "desc" } });
      if (task) await passAllTime();
      await Promise.all([play(), sweepTasks()]);
    },
    die: async (failpoint) => {
      leave?.();
      leave = undefined;
      const child = startChild("../soak/instance-process.ts", [], { FAILPOINT: failpoint });
      const [{ port }] = (await once(child.process, "message")) as [{ port: number }];
      const leaveChild = world.balancer.add(port);
      let dead = false;
      const ended = child.ended.finally(() => {
        dead = true;
      });
      await play();
      while (!dead) {
        await passAllTime();
        await sweepTasks().catch(() => {});
        await delay(100);
      }
      leaveChild();
      return ended;
    },
    settle: async () => {
      join();
      await play();
      await settle(world);
    },
    violations: async () => {
      const { violations } = await judge(world, initialStock);
      return violations.map(({ orderId, what }) => `${orderId}: ${what}`);
    },
  };
}

/** Waits, while time goes by, until an order is so; false once the instance that works on it is gone. */
async function comesTo(id: string, statuses: readonly string[]): Promise<boolean> {
  let seen = false;
  await until(`the order is ${statuses.join(" or ")}`, async () => {
    const { status } = await db().order.findUniqueOrThrow({ where: { id }, select: { status: true } });
    seen = statuses.includes(status);
    if (!seen) await sweepTasks().catch(() => {});
    return seen || status === "failed";
  });
  return seen;
}

testFailpoints<Extract<Failpoint, `shop.${string}`>>({
  "shop.order.placed": () => order({ refunded: false }),
  "shop.checkout.opened": () => order({ refunded: false }),
  "shop.event.applied": () => order({ refunded: false }),
  "shop.event.committed": () => order({ refunded: false }),
  "shop.refund.made": () => order({ refunded: true }),
});
