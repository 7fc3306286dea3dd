import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startQstash } from "@/local/qstash";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runs } from "@/tests/support/fuzz/runs";
import { bundleScript } from "@/tests/support/processes/bundle-script";
import { afterTest } from "@/tests/support/servers/after-test";
import { clientOf, TOKEN } from "@/tests/support/servers/qstash";
import { startReceiver } from "@/tests/support/servers/receiver";

const ROUNDS = runs(6);
const PUBLISHERS = 8;

/**
 * Starts a QStash in a child process; resolves once it listens.
 * @param limit  a shell command to run before it
 */
async function spawnQstash(
  dataDir: string,
  limit?: string,
): Promise<{ child: ChildProcess; url: string; dead: Promise<void> }> {
  const script = path.join(import.meta.dirname, "../../support/processes/qstash-process.ts");
  const command = [process.execPath, bundleScript(script), dataDir, TOKEN];
  const child = spawn("sh", ["-c", `${limit ?? ":"}; exec "$@"`, "sh", ...command], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const dead = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  afterTest(async () => {
    child.kill("SIGKILL");
    await dead;
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (data: Buffer) => resolve(data.toString().trim()));
    child.once("exit", (code) => reject(new Error(`the child ended with ${code} before it listened`)));
  });
  return { child, url: `http://127.0.0.1:${port}`, dead };
}

describe("killed at random moments", () => {
  it("delivers every acknowledged message or has it as a dead letter, and queues keep their order", async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), "qstash-kill-"));
    afterTest(() => rm(dataDir, { recursive: true, force: true }));
    const receiver = await startReceiver(({ path: at, headers }) => ({
      // A third fail twice and some always, so that kills hit every state.
      status: at === "/never" || (at === "/flaky" && Number(headers["upstash-retried"]) < 2) ? 500 : 200,
    }));
    afterTest(() => receiver.close());
    const acknowledged = new Set<string>();
    const queued: string[] = [];

    for (let round = 0; round < ROUNDS; round++) {
      const { child, url, dead } = await spawnQstash(dataDir);
      const send = async (call: string, body: string): Promise<void> => {
        const headers = { authorization: `Bearer ${TOKEN}`, "Upstash-Retries": "2" };
        const response = await fetch(`${url}/v2/${call}`, { method: "POST", headers, body });
        expect(response.status).toBe(200);
      };
      let killed = false;
      const publish = async (publisher: number): Promise<void> => {
        for (let count = 0; !killed; count++) {
          const body = `${round}-${publisher}-${count}`;
          const target = ["/fine", "/flaky", "/never"][count % 3] ?? "/fine";
          try {
            // The first publisher uses a queue, one message at a time, so its order is known.
            if (publisher === 0) {
              await send(`enqueue/q/${receiver.url}/queue`, body);
              queued.push(body);
            } else {
              await send(`publish/${receiver.url}${target}`, body);
            }
            acknowledged.add(body);
          } catch (error) {
            if (!killed) throw error;
          }
        }
      };
      const publishers = Array.from({ length: PUBLISHERS }, (_, publisher) => publish(publisher));
      // Every round is killed during its work, also on a slow machine.
      await waitUntil(
        `round ${round} to have messages acknowledged`,
        () => acknowledged.size > (round + 1) * PUBLISHERS,
      );
      await sleep(Math.random() * 200);
      killed = true;
      child.kill("SIGKILL");
      await dead;
      await Promise.all(publishers);
    }

    const last = await startQstash({ dataDir, token: TOKEN, retryScale: 0 });
    afterTest(() => last.close());
    await waitUntil("everything to end", () => last.stats().pending === 0);
    const ended = new Set(
      receiver.received.filter(({ path: at }) => at !== "/never").map(({ text }) => text),
    );
    const client = clientOf(last);
    let cursor: string | undefined;
    do {
      const page = await client.dlq.listMessages({ cursor });
      for (const { body } of page.messages) ended.add(body ?? "");
      cursor = page.cursor;
    } while (cursor);

    expect([...acknowledged].filter((body) => !ended.has(body))).toEqual([]);
    // At least once: a message in flight at a kill arrives twice, but never after the next one of its queue.
    const order = receiver.received.filter(({ path: at }) => at === "/queue").map(({ text }) => text);
    const firsts = [...new Set(order)].filter((body) => acknowledged.has(body));
    expect(firsts).toEqual(queued);
    const positions = order.map((body) => firsts.indexOf(body)).filter((position) => position >= 0);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  }, 30_000);
});

describe("a full disk", () => {
  it("is reported with 503; acknowledged messages are delivered after a restart, rejected ones never", async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), "qstash-full-"));
    afterTest(() => rm(dataDir, { recursive: true, force: true }));
    const receiver = await startReceiver();
    afterTest(() => receiver.close());
    // No file may exceed 64 KiB.
    const { child, url, dead } = await spawnQstash(dataDir, "ulimit -f 128");
    const headers = { authorization: `Bearer ${TOKEN}` };
    const acknowledged: string[] = [];
    const rejected: string[] = [];
    while (rejected.length < 5) {
      const body = `${acknowledged.length + rejected.length} ${"x".repeat(500)}`;
      const response = await fetch(`${url}/v2/publish/${receiver.url}`, { method: "POST", headers, body });
      (response.status === 200 ? acknowledged : rejected).push(body);
      if (response.status !== 200) expect(response.status).toBe(503);
    }
    expect((await fetch(`${url}/v2/keys`, { headers })).status).toBe(503);
    child.kill("SIGKILL");
    await dead;
    const last = await startQstash({ dataDir, token: TOKEN });
    afterTest(() => last.close());
    await waitUntil("everything to end", () => last.stats().pending === 0);
    const delivered = new Set(receiver.texts);
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(acknowledged.filter((body) => !delivered.has(body))).toEqual([]);
    expect(rejected.filter((body) => delivered.has(body))).toEqual([]);
  }, 30_000);
});
