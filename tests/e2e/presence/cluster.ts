import { setTimeout as delay } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openBrowser } from "@/tests/support/clients/browser";
import {
  type BrowserAccount,
  openContext,
  signInForToken,
  signUpInBrowser,
} from "@/tests/support/clients/browser-accounts";
import { openRawStream } from "@/tests/support/clients/raw-stream";
import { waitUntil } from "@/tests/support/clients/wait-until";
import type { Cluster, TakeCluster } from "@/tests/support/processes/cluster";

/**
 * Every instance reports the users who are really online: through tabs, reloads, closed pages, suspended browsers and
 * dying instances.
 */

/** A closed page is noticed within this time, */
const CLOSED_MS = 10_000;
/** and a client that vanished without closing within this time, */
const KILLED_MS = 100_000;
/** plus this on a busy machine. */
const SLACK_MS = 5_000;
const POLL_INTERVAL_MS = 1_000;
/** It waits for a client to vanish, with all that goes before and after. */
const TEST_LIMIT_MS = 300_000;

let cluster: Cluster;
let browser: Browser;
let suspendedBrowser: Browser;

const guests: Guest[] = [];

interface Guest {
  context: BrowserContext;
  account: BrowserAccount;
  page: Page;
}

async function arrive(where: Browser, name: string): Promise<Guest> {
  const context = await openContext(where, cluster);
  const account = await signUpInBrowser(context, name);
  const page = await context.newPage();
  await page.goto("/me");
  const guest = { context, account, page };
  guests.push(guest);
  return guest;
}

/** The browser's own processes. */
async function processesOf(of: Browser): Promise<number[]> {
  const session = await of.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.map(({ id }) => id);
}

export function testPresence(takeCluster: TakeCluster): void {
  describe("presence", () => {
    beforeAll(async () => {
      [{ cluster, browser }, suspendedBrowser] = await Promise.all([takeCluster(), openBrowser()]);
    });
    afterAll(async () => {
      await Promise.all(guests.map(({ context }) => context.close()));
      await suspendedBrowser?.close();
    });

    it(
      "every instance reports the users who are online",
      async () => {
        const [watcher, three, reloading, closing] = [
          await arrive(browser, "Watcher"),
          await arrive(browser, "Three Tabs"),
          await arrive(browser, "Reloading"),
          await arrive(browser, "Closing"),
        ];
        const asleep = await arrive(suspendedBrowser, "Asleep");
        const token = await signInForToken(cluster.url, watcher.account);
        // Each instance is queried by another user because of the rate limit.
        const pollerTokens = [
          token,
          await signInForToken(cluster.url, three.account),
          await signInForToken(cluster.url, reloading.account),
        ];
        const userIds = [watcher, three, reloading, closing, asleep].map(({ account }) => account.id);

        /** The online users according to each instance. */
        const presenceByInstance = () =>
          Promise.all(
            cluster.instances.map(async ({ url }, at) => {
              const query = userIds.map((id) => `userIds=${id}`).join("&");
              const response = await fetch(`${url}/api/presence?${query}`, {
                headers: { authorization: `Bearer ${pollerTokens[at] ?? token}` },
              });
              if (response.status !== 200) throw new Error(`presence: ${String(response.status)}`);
              const { items, onlineCount } = (await response.json()) as {
                items: { userId: string; state: string }[];
                onlineCount: number;
              };
              const here = items.filter(({ state }) => state !== "offline").map(({ userId }) => userId);
              return { here: here.sort(), onlineCount };
            }),
          );
        const showsOnline = async (...guests: Guest[]) => {
          const here = guests.map(({ account }) => account.id).sort();
          const expected = JSON.stringify(cluster.instances.map(() => ({ here, onlineCount: here.length })));
          return JSON.stringify(await presenceByInstance()) === expected;
        };

        /** Polled slowly: a user may make 100 requests a minute. */
        const waitUntilOnline = (what: string, ...guests: Guest[]) =>
          waitUntil(what, () => showsOnline(...guests), POLL_INTERVAL_MS, KILLED_MS + 2 * SLACK_MS);

        await waitUntilOnline("all are online", watcher, three, reloading, closing, asleep);

        // Users reported as offline; at first no user leaves.
        const gone: string[] = [];
        const stream = await openRawStream(`${cluster.url}/api/realtime?channel=presence`, token, (text) => {
          const [, userId] = /"userId":"([^"]+)","state":"offline"/.exec(text) ?? [];
          if (userId) gone.push(userId);
        });
        // Also after a failure: the next tests wait for a cluster without subscriptions.
        onTestFinished(() => stream.close());
        const tabs = [await three.context.newPage(), await three.context.newPage()];
        for (const tab of tabs) await tab.goto("/shop");
        expect(await showsOnline(watcher, three, reloading, closing, asleep)).toBe(true);
        // The tab that has the stream closes, and a page is reloaded.
        await three.page.close();
        await Promise.all([reloading.page.reload(), reloading.page.reload()]);
        // Longer than the grace period: a flicker would have been published by now.
        await delay(CLOSED_MS);
        expect(gone).toEqual([]);
        expect(await showsOnline(watcher, three, reloading, closing, asleep)).toBe(true);

        const closedAt = Date.now();
        await closing.context.close();
        await waitUntilOnline("the closed user is offline", watcher, three, reloading, asleep);
        expect(Date.now() - closedAt).toBeLessThan(CLOSED_MS + SLACK_MS);
        await waitUntil("the change is published", () => gone.includes(closing.account.id));

        // A laptop is suspended: nothing is closed and nothing responds.
        const pids = await processesOf(suspendedBrowser);
        for (const pid of pids) process.kill(pid, "SIGSTOP");
        const stoppedAt = Date.now();
        await waitUntilOnline("the suspended user is offline", watcher, three, reloading);
        console.log(`a suspended browser is noticed after ${((Date.now() - stoppedAt) / 1000).toFixed(1)} s`);
        expect(Date.now() - stoppedAt).toBeLessThan(KILLED_MS + SLACK_MS);
        await waitUntil("the change is published", () => gone.includes(asleep.account.id));
        for (const pid of pids) process.kill(pid, "SIGCONT");
        await waitUntilOnline("the resumed user is online", watcher, three, reloading, asleep);

        // An instance dies: the other instances take over its streams before a user goes offline.
        gone.length = 0;
        const [dying] = cluster.instances;
        await dying?.kill();
        await dying?.start();
        await delay(CLOSED_MS);
        await waitUntilOnline("all are online", watcher, three, reloading, asleep);
        expect(gone).toEqual([]);
      },
      TEST_LIMIT_MS,
    );
  });
}
