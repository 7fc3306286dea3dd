import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { FolderInUseError } from "@/local/process/folder-lock";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runs } from "@/tests/support/fuzz/runs";
import { afterTest } from "@/tests/support/servers/after-test";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import {
  buy,
  openSession,
  post,
  SECRET_KEY,
  start,
  startApp,
  WEBHOOK_SECRET,
} from "@/tests/support/servers/stripe";

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), "stripe-"));
  afterTest(() => rm(made, { recursive: true, force: true }));
  return made;
}

describe("with a data folder", () => {
  it("a restart keeps objects, lists and idempotent responses", async () => {
    const dataDir = await folder();
    const first = await start({ dataDir });
    const opened = await openSession(first.sdk, {}, { idempotencyKey: "open" });
    const { intentId, sessionId } = await buy(first);
    await first.sdk.refunds.create({ payment_intent: intentId, amount: 500 }, { idempotencyKey: "refund" });
    await waitUntil("the events", () => first.server.stats().pending === 0);
    const snapshot = async ({ sdk }: typeof first) => ({
      // The URL contains the port.
      sessions: (await sdk.checkout.sessions.list()).data.map((session) => ({ ...session, url: null })),
      session: await sdk.checkout.sessions.retrieve(sessionId, { expand: ["payment_intent.latest_charge"] }),
      found: (await sdk.checkout.sessions.list({ payment_intent: intentId })).data,
      intents: (await sdk.paymentIntents.list()).data,
      refunds: (await sdk.refunds.list()).data,
      events: (await sdk.events.list()).data,
    });
    const before = await snapshot(first);
    await first.server.close();

    const second = await start({ dataDir });
    expect(await snapshot(second)).toEqual(before);
    expect((await openSession(second.sdk, {}, { idempotencyKey: "open" })).id).toBe(opened.id);
    const refund = await second.sdk.refunds.create(
      { payment_intent: intentId, amount: 500 },
      { idempotencyKey: "refund" },
    );
    expect(refund.id).toBe(before.refunds[0]?.id);
    expect(await snapshot(second)).toEqual(before);
    expect(second.app.received).toEqual([]); // what was delivered is not sent again
    expect((await post((await second.sdk.checkout.sessions.retrieve(opened.id)).url, "paid")).status).toBe(
      303,
    );
  });

  it("undelivered events are sent after a restart", async () => {
    const dataDir = await folder();
    const first = await start({ dataDir });
    first.app.onRequest = () => ({ status: 500 });
    await buy(first);
    await first.app.waitFor(3);
    await waitUntil("the attempts to be over", () => first.server.stats().inFlight === 0);
    const ids = new Set(first.app.events.map(({ id }) => id));
    await first.server.close();
    const clock = new ManualClock(Date.now() + 3600_000); // well past the next attempt
    const second = await start({ dataDir, clock });
    await waitUntil("the events to be taken", () => second.server.stats().pending === 0);
    expect(new Set(second.app.events.map(({ id }) => id))).toEqual(ids);
  });

  it("after a restart a late payment completes, and an unused session expires", async () => {
    const dataDir = await folder();
    const first = await start({ dataDir, lateMs: 60_000 });
    const late = await openSession(first.sdk);
    await post(late.url, "late");
    const forgotten = await openSession(first.sdk);
    await first.server.close();
    const clock = new ManualClock();
    const second = await start({ dataDir, clock });
    const statusOf = async (id: string) => (await second.sdk.checkout.sessions.retrieve(id)).status;
    expect(await statusOf(late.id)).toBe("open");
    clock.advance(60_000);
    expect(await statusOf(late.id)).toBe("complete");
    expect(await statusOf(forgotten.id)).toBe("open");
    clock.advance(24 * 3600_000);
    expect(await statusOf(forgotten.id)).toBe("expired");
  });

  it("a second process cannot use it", async () => {
    const dataDir = await folder();
    await start({ dataDir });
    await expect(start({ dataDir })).rejects.toBeInstanceOf(FolderInUseError);
  });
});

const ROUNDS = runs(4);
const BUYERS = 6;

describe("killed at random moments", () => {
  it("loses nothing that it acknowledged, charges nothing twice, and sends every event", async () => {
    const dataDir = await folder();
    const app = await startApp();
    app.onRequest = ({ text }) => ({ status: text.length % 3 === 0 && Math.random() < 0.5 ? 500 : 200 });
    const paid = new Set<string>();
    const refunded = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round++) {
      const { sdk, kill } = await spawnStripe(dataDir, app.url);
      let killed = false;
      const shop = async (buyer: number): Promise<void> => {
        for (let count = 0; !killed; count++) {
          try {
            const session = await openSession(sdk, {}, { idempotencyKey: `${round}-${buyer}-${count}` });
            const response = await post(session.url, "paid");
            if (response.status !== 303) continue;
            paid.add(session.id);
            const { payment_intent } = await sdk.checkout.sessions.retrieve(session.id);
            const refund = await sdk.refunds.create({ payment_intent: String(payment_intent), amount: 100 });
            refunded.set(refund.id, session.id);
          } catch (error) {
            if (!killed) throw error;
          }
        }
      };
      const shoppers = Array.from({ length: BUYERS }, (_, buyer) => shop(buyer));
      const enough = paid.size + 20 + Math.floor(Math.random() * 30);
      await waitUntil("enough payments", () => paid.size >= enough);
      killed = true;
      await kill();
      await Promise.all(shoppers);
    }
    const { sdk, kill } = await spawnStripe(dataDir, app.url);
    let complete = 0;
    for await (const session of sdk.checkout.sessions.list({ limit: 100 })) {
      if (session.status !== "complete") continue;
      complete++;
      paid.delete(session.id);
    }
    expect([...paid]).toEqual([]);
    for await (const refund of sdk.refunds.list({ limit: 100 })) refunded.delete(refund.id);
    expect([...refunded]).toEqual([]);
    let charges = 0;
    for await (const charge of sdk.charges.list({ limit: 100 })) {
      charges++;
      expect(charge.amount_refunded).toBeLessThanOrEqual(100);
    }
    expect(charges).toBe(complete);
    const undelivered = async () => (await sdk.events.list({ delivery_success: false })).data.length;
    await waitUntil("every event to be taken", async () => (await undelivered()) === 0);
    const arrived = new Set(app.events.map(({ id }) => id));
    for await (const event of sdk.events.list({ limit: 100 })) expect(arrived.has(event.id)).toBe(true);
    await kill();
  }, 90_000);
});

/** Starts a Stripe in a child process; resolves once it listens. */
async function spawnStripe(
  dataDir: string,
  appUrl: string,
): Promise<{ sdk: Stripe; kill: () => Promise<void> }> {
  const script = path.join(import.meta.dirname, "../../support/processes/stripe-process.ts");
  const args = ["--import", "tsx", script, dataDir, `${appUrl}/hook`, SECRET_KEY, WEBHOOK_SECRET];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const dead = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await dead;
  };
  afterTest(kill);
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim()));
    child.once("exit", (code) => reject(new Error(`the child ended with ${code} before it listened`)));
  });
  const sdk = new Stripe(SECRET_KEY, { host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 0 });
  return { sdk, kill };
}
