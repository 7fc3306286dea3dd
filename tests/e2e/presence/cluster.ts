import { setTimeout as delay } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
 * Who is here, as every instance says it, is who is here: through tabs, reloads, closed pages, browsers that fall
 * asleep without a word and instances that die.
 */

/** A closed page is noticed within this, */
const CLOSED_MS = 10_000;
/** and one that was cut off without a word within this, */
const KILLED_MS = 35_000;
/** on a machine that does something else besides. */
const SLACK_MS = 5_000;
const ASK_EVERY_MS = 1_000;

let cluster: Cluster;
let browser: Browser;
let sleepy: Browser;

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
      [{ cluster, browser }, sleepy] = await Promise.all([takeCluster(), openBrowser()]);
    });
    afterAll(async () => {
      await Promise.all(guests.map(({ context }) => context.close()));
      await sleepy?.close();
    });

    it("every instance says the same, and it is so", async () => {
      const [watcher, three, reloading, closing] = [
        await arrive(browser, "Watcher"),
        await arrive(browser, "Three Tabs"),
        await arrive(browser, "Reloading"),
        await arrive(browser, "Closing"),
      ];
      const asleep = await arrive(sleepy, "Asleep");
      const token = await signInForToken(cluster.url, watcher.account);
      // Each instance is asked by somebody else: a person may ask only so often.
      const askers = [
        token,
        await signInForToken(cluster.url, three.account),
        await signInForToken(cluster.url, reloading.account),
      ];
      const everybody = [watcher, three, reloading, closing, asleep].map(({ account }) => account.id);

      /** Who is here, by each instance. */
      const seen = () =>
        Promise.all(
          cluster.instances.map(async ({ url }, at) => {
            const query = everybody.map((id) => `userIds=${id}`).join("&");
            const response = await fetch(`${url}/api/presence?${query}`, {
              headers: { authorization: `Bearer ${askers[at] ?? token}` },
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
      const areHere = async (...guests: Guest[]) => {
        const here = guests.map(({ account }) => account.id).sort();
        const wanted = JSON.stringify(cluster.instances.map(() => ({ here, onlineCount: here.length })));
        return JSON.stringify(await seen()) === wanted;
      };

      /** Asked now and then: people have 100 requests a minute. */
      const untilHere = (what: string, ...guests: Guest[]) =>
        waitUntil(what, () => areHere(...guests), ASK_EVERY_MS);

      await untilHere("all are here", watcher, three, reloading, closing, asleep);

      // What is said while nobody leaves for good.
      const gone: string[] = [];
      const ear = await openRawStream(`${cluster.url}/api/realtime?channel=presence`, token, (text) => {
        const [, userId] = /"userId":"([^"]+)","state":"offline"/.exec(text) ?? [];
        if (userId) gone.push(userId);
      });
      const tabs = [await three.context.newPage(), await three.context.newPage()];
      for (const tab of tabs) await tab.goto("/shop");
      expect(await areHere(watcher, three, reloading, closing, asleep)).toBe(true);
      // The tab that holds the stream closes, and a page is loaded anew.
      await three.page.close();
      await Promise.all([reloading.page.reload(), reloading.page.reload()]);
      // Longer than the grace: a flicker would have been said by now.
      await delay(CLOSED_MS);
      expect(gone).toEqual([]);
      expect(await areHere(watcher, three, reloading, closing, asleep)).toBe(true);

      const closedAt = Date.now();
      await closing.context.close();
      await untilHere("the closed one is gone", watcher, three, reloading, asleep);
      expect(Date.now() - closedAt).toBeLessThan(CLOSED_MS + SLACK_MS);
      await waitUntil("it is said", () => gone.includes(closing.account.id));

      // A laptop is shut: nothing is closed, nothing answers.
      const pids = await processesOf(sleepy);
      for (const pid of pids) process.kill(pid, "SIGSTOP");
      const stoppedAt = Date.now();
      await untilHere("the one who sleeps is gone", watcher, three, reloading);
      console.log(
        `a browser that stopped is noticed after ${((Date.now() - stoppedAt) / 1000).toFixed(1)} s`,
      );
      expect(Date.now() - stoppedAt).toBeLessThan(KILLED_MS + SLACK_MS);
      await waitUntil("it is said", () => gone.includes(asleep.account.id));
      for (const pid of pids) process.kill(pid, "SIGCONT");
      await untilHere("the one who slept is back", watcher, three, reloading, asleep);

      // An instance dies: its streams are taken up by the others before anybody is missed.
      gone.length = 0;
      const [dying] = cluster.instances;
      await dying?.kill();
      await dying?.start();
      await delay(CLOSED_MS);
      await untilHere("all are here", watcher, three, reloading, asleep);
      expect(gone).toEqual([]);
      ear.close();
    });
  });
}
