import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import {
  type BrowserAccount,
  openContext,
  signInForToken,
  signUpConfirmed,
} from "@/tests/support/clients/browser-accounts";
import { openRawStream } from "@/tests/support/clients/raw-stream";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runs } from "@/tests/support/fuzz/runs";
import type { Cluster, TakeCluster } from "@/tests/support/processes/cluster";
import { timeZones } from "@/tests/support/stack/time-zones";

/**
 * One chat on three instances in four browsers, while instances die, logs are trimmed, and Redis is flushed and
 * unavailable. `RUNS=8` sends 1,000 messages.
 */
const MESSAGES = runs(120);
const ROUNDS = runs(6);
const KILL_EVERY_MS = 5_000;
/** Reading a page costs it CPU, of which it has little. */
const POLL_INTERVAL_MS = 100;
/** Time limit (ms) on a busy machine. */
const LIMIT_MS = 300_000 + MESSAGES * 1_000;

let cluster: Cluster;
let guests: Guest[];
let chatId: string;

interface Guest {
  context: BrowserContext;
  account: BrowserAccount;
  page: Page;
}

interface Line {
  seq: number;
  text: string;
}

function first<T>(list: readonly T[]): T {
  const [item] = list;
  if (item === undefined) throw new Error("the list is empty");
  return item;
}

/** The messages that a page shows, in order. */
const shownOn = (page: Page): Promise<Line[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("[role=log] article[data-seq]")].map((article) => ({
      seq: Number(article.dataset.seq),
      text: document.getElementById(`${article.id.slice(2)}-body`)?.textContent ?? "",
    })),
  );

/** The messages in Postgres, read by the API of any instance. */
async function stored(): Promise<Line[]> {
  const { request } = first(guests).context;
  const lines: Line[] = [];
  for (let after = 0; ; after = lines.at(-1)?.seq ?? 0) {
    const response = await request.get(`/api/chats/${chatId}/messages?after=${String(after)}&limit=50`);
    if (response.status() !== 200) continue;
    const { items, hasMore } = (await response.json()) as { items: Line[]; hasMore: boolean };
    lines.push(...items.map(({ seq, text }) => ({ seq, text })));
    if (!hasMore) return lines;
  }
}

/** On a busy machine a read may exceed the page's deadline: then the page shows an error, and a reload mends it. */
async function openChat(page: Page): Promise<void> {
  await waitUntil("the chat's page shows its messages", async () => {
    await page.goto(`/chat/${chatId}`);
    const log = page.getByRole("log");
    // Next's own alert, for route changes, is empty.
    const error = page.getByRole("alert").filter({ hasText: /\S/ });
    await log.or(error).first().waitFor({ state: "attached" });
    return (await log.count()) > 0;
  });
}

async function write(page: Page, text: string): Promise<void> {
  const box = page.getByRole("textbox", { name: "Message", exact: true });
  await box.fill(text);
  await box.press("Enter");
}

async function waitUntilAllShow(count: number): Promise<void> {
  for (const { page, account } of guests)
    await waitUntil(
      `${account.name} sees ${String(count)}`,
      async () => (await shownOn(page)).length >= count,
      POLL_INTERVAL_MS,
    );
}

export function testChat(takeCluster: TakeCluster): void {
  describe("chat", () => {
    beforeAll(async () => {
      const { browser, ...at } = await takeCluster();
      cluster = at.cluster;
      guests = [];
      for (const name of ["Ada", "Bo", "Cy", "Di"]) {
        const context = await openContext(browser, cluster);
        guests.push({
          context,
          account: await signUpConfirmed(context, cluster, name),
          page: await context.newPage(),
        });
      }
      const memberIds = guests.slice(1).map(({ account }) => account.id);
      const response = await first(guests).context.request.post("/api/chats", {
        data: { kind: "group", title: "Everybody", memberIds },
      });
      expect(response.status()).toBe(201);
      chatId = (await response.json()).chat.id;
      await Promise.all(guests.map(({ page }) => openChat(page)));
    });
    afterAll(async () => {
      await Promise.all(guests.map(({ context }) => context.close()));
    });

    it(`${String(MESSAGES)} messages through dying instances: all four pages end with the same list`, {
      timeout: LIMIT_MS,
    }, async () => {
      const before = (await stored()).length;
      const each = Math.ceil(MESSAGES / guests.length);
      let over = false;
      let kills = 0;
      const killing = (async () => {
        while (!over) {
          await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS));
          const instance = cluster.instances[kills % cluster.instances.length];
          if (over || !instance) return;
          await instance.kill();
          if (kills % 2 === 1) {
            // It kills itself between a message's commit and its publish, at the first message that it gets.
            await instance.start("chat.committed");
            await Promise.race([
              instance.ended(),
              new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS)),
            ]);
            await instance.kill();
          }
          await instance.start();
          kills += 1;
        }
      })();
      await Promise.all(
        guests.map(async ({ page, account }) => {
          for (let at = 0; at < each; at += 1) await write(page, `${account.name} ${String(at)}`);
        }),
      );
      for (const { page, account } of guests)
        await waitUntil(
          `${account.name} has no pending message`,
          async () => (await page.locator("[data-pending]").count()) === 0,
          POLL_INTERVAL_MS,
        );
      over = true;
      await killing;
      await waitUntilAllShow(before + each * guests.length);

      const expected = await stored();
      expect(expected.map(({ seq }) => seq)).toEqual(expected.map((_, at) => at + 1));
      const sent = guests.flatMap(({ account }) =>
        Array.from({ length: each }, (_, at) => `${account.name} ${String(at)}`),
      );
      expect(
        expected
          .slice(before)
          .map(({ text }) => text)
          .sort(),
      ).toEqual([...sent].sort());
      for (const { account } of guests) {
        const own = expected.slice(before).filter(({ text }) => text.startsWith(`${account.name} `));
        expect(own.map(({ text }) => Number(text.split(" ")[1]))).toEqual(own.map((_, at) => at));
      }
      for (const { page } of guests) expect(await shownOn(page)).toEqual(expected);
      expect(kills).toBeGreaterThan(0);
      console.log(
        `${String(expected.length - before)} messages, ${String(kills)} instances killed: four equal lists`,
      );
    });

    it(`a page that missed a trimmed log or a flushed Redis is not resumed and reloads from Postgres, ${String(ROUNDS)} of ${String(ROUNDS)}`, {
      timeout: LIMIT_MS + ROUNDS * 10_000,
    }, async () => {
      const [reader, writer] = guests;
      if (!reader || !writer) throw new Error("a user is missing");
      const token = await signInForToken(cluster.url, reader.account);
      const channel = `chat:${chatId}`;
      /** Joins the channel and returns its current cursor. */
      const join = (after: string) =>
        new Promise<{ at: string; resumed: boolean }>((resolve, reject) => {
          const url = `${first(cluster.instances).url}/api/realtime?channel=${channel}&after=${after}`;
          const stream = openRawStream(url, token, (text) => {
            const [, data] = /^event: joined\ndata: (.*)$/m.exec(text) ?? [];
            if (!data) return;
            resolve(JSON.parse(data) as { at: string; resumed: boolean });
            void stream.then(({ close }) => close());
          });
          stream.catch(reject);
        });
      let notResumed = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const { at } = await join("");
        cluster.proxy.setStreamsAllowed(false);
        for (let count = 0; count < 3; count += 1) {
          const response = await writer.context.request.post(`/api/chats/${chatId}/messages`, {
            data: { clientId: crypto.randomUUID(), text: `round ${String(round)}, ${String(count)}` },
          });
          expect(response.status()).toBe(201);
        }
        if (round % 2 === 0) await cluster.redis(["XTRIM", `realtime:${channel}:log`, "MAXLEN", 0]);
        else await cluster.emptyRedis();
        if (!(await join(at)).resumed) notResumed += 1;
        cluster.proxy.setStreamsAllowed(true);
        const expected = await stored();
        for (const { page } of guests)
          await waitUntil(
            "the page equals Postgres",
            async () => JSON.stringify(await shownOn(page)) === JSON.stringify(expected),
            POLL_INTERVAL_MS,
          );
      }
      expect(notResumed).toBe(ROUNDS);
    });

    it("without Redis users read and send messages, others see them at their next poll, and all pages catch up afterwards", async () => {
      const [here, there] = guests;
      if (!here || !there) throw new Error("a user is missing");
      await cluster.toRedis.set("refuse");
      await write(here.page, "Is anybody there?");
      await there.page.getByRole("log").getByText("Is anybody there?").waitFor();
      await write(there.page, "Yes, and without Redis");
      await here.page.getByRole("log").getByText("Yes, and without Redis").waitFor();
      const fresh = await here.context.newPage();
      await fresh.goto(`/chat/${chatId}`);
      await fresh.getByRole("log").getByText("Yes, and without Redis").waitFor();
      await fresh.close();
      await cluster.toRedis.set("pass");
      await write(here.page, "It is back");
      const expected = async () => JSON.stringify(await stored());
      for (const { page } of guests)
        await waitUntil(
          "the page equals Postgres",
          async () => JSON.stringify(await shownOn(page)) === (await expected()),
          POLL_INTERVAL_MS,
        );
      expect((await stored()).at(-1)?.text).toBe("It is back");
    });

    it("a full chat has no serious axe violations", async () => {
      const { page } = first(guests);
      // In its initial state: fifty messages look like a thousand.
      await page.reload();
      await page.getByRole("log").getByText("It is back").waitFor();
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect(await seriousViolations(page)).toEqual([]);
      }
    });

    it("shows times in the browser's zone, which is neither the app's nor that of Postgres", async () => {
      const { page } = first(guests);
      const [at, shown] = await page
        .locator("[role=log] article time")
        .last()
        .evaluate((time) => [time.getAttribute("datetime") ?? "", time.textContent ?? ""] as const);
      expect(Math.abs(Date.now() - Date.parse(at))).toBeLessThan(600_000);
      const expected = new Intl.DateTimeFormat("en", { timeStyle: "short", timeZone: timeZones.browser });
      const withPlainSpaces = (text: string) => text.replace(/\s/gu, " ");
      expect(withPlainSpaces(shown)).toBe(withPlainSpaces(expected.format(new Date(at))));
    });
  });
}
