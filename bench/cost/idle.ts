import { setTimeout as delay } from "node:timers/promises";
import { openBrowser } from "@/tests/support/clients/browser";
import { startIdleClients } from "./idle-clients";
import type { Probe } from "./probe";
import { mostFrequent, type Stage, type Traffic } from "./stage";
import { countNames, openSignedInContext, visit } from "./visitor";

/** Longer than a stream lives (265 s), so that one reopening is in it. */
const ALONE_SECONDS = Number(process.env.IDLE_SECONDS ?? 300);
const TOGETHER_SECONDS = Number(process.env.IDLE_SECONDS ?? 300);
const CLIENTS = Number(process.env.IDLE_CLIENTS ?? 100);
const HEARTBEAT_ANSWER = "POST /api/realtime";
const SECONDS_PER_HOUR = 3_600;

/** A signed-in tab that is only open: one in Chromium; then many clients that ask what it asked, on one instance. */
export const idle: Probe = {
  name: "idle",
  measure: async (stage) => {
    const { alone, requests } = await measureAlone(stage);
    const { together, kibEach } = await measureTogether(stage, requests);
    const perHour = (traffic: Traffic, seconds: number) =>
      Math.round((traffic.billed * SECONDS_PER_HOUR) / seconds).toLocaleString("en");
    return [
      {
        what: `idle signed-in tab, an hour: alone on its instance / each of ${CLIENTS} on one`,
        now: `${perHour(alone, ALONE_SECONDS)} / ${perHour(together, TOGETHER_SECONDS * CLIENTS)}`,
        atMost: "600 / 200",
      },
      {
        what: `… memory of the instance for each of ${CLIENTS}, after a garbage collection`,
        ...{ now: `${kibEach} KiB`, atMost: "80 KiB" },
      },
      {
        what: `… what that tab requested in ${ALONE_SECONDS} s, and what the most frequent commands were, of it and of all together`,
        now: `${countNames(requests)}; ${mostFrequent(alone)}; ${mostFrequent(together)}`,
        atMost: "–",
      },
    ];
  },
};

/** @returns also what the tab requested while it was idle, by path */
async function measureAlone(stage: Stage): Promise<{ alone: Traffic; requests: string[] }> {
  const browser = await openBrowser();
  try {
    const context = await openSignedInContext(stage, browser);
    const { page, requests } = await visit(context, "/");
    await stage.waitForFollowUp();
    await page.bringToFront();
    requests.length = 0;
    const alone = await stage.measureDuring(() => delay(ALONE_SECONDS * 1_000));
    return {
      alone,
      requests: requests.map((request) => {
        const path = new URL(request.url()).pathname;
        return request.method() === "GET" ? path : `${request.method()} ${path}`;
      }),
    };
  } finally {
    await browser.close();
  }
}

/** Clients that poll as often as the tab did, and answer heartbeats if it did. */
async function measureTogether(
  stage: Stage,
  requests: readonly string[],
): Promise<{ together: Traffic; kibEach: number }> {
  const kibBefore = await stage.readMemory();
  const polls = requests.filter((path) => path.startsWith("/") && path !== "/api/realtime");
  const clients = await startIdleClients(stage, {
    ...{ count: CLIENTS, urls: [stage.url] },
    answersHeartbeats: requests.includes(HEARTBEAT_ANSWER),
    polls: [...new Set(polls)].map((path) => ({
      path,
      intervalMs: (ALONE_SECONDS * 1_000) / polls.filter((other) => other === path).length,
    })),
  });
  try {
    await delay(15_000);
    const together = await stage.measureDuring(() => delay(TOGETHER_SECONDS * 1_000));
    return { together, kibEach: Math.round(((await stage.readMemory()) - kibBefore) / CLIENTS) };
  } finally {
    clients.stop();
  }
}
