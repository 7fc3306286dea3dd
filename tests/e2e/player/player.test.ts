import type { BrowserContext, BrowserContextOptions, Page, Request } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab, visit } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { createPlayablePost, type PlayablePost } from "@/tests/support/factories/playable-posts";

/** The player, with real sound from the public store. */

const { app, database, openContext } = await startBrowserTests();

/** A signed-up author, one minute of sound, and four seconds. */
let authorId: string;
let long: PlayablePost;
let short: PlayablePost;

beforeAll(async () => {
  const context = await openContext();
  authorId = (await signUpInBrowser(context, "Ines Duval")).id;
  short = await createPlayablePost(app, database, authorId, { title: "Four seconds", seconds: 4 });
  long = await createPlayablePost(app, database, authorId, { title: "One minute", seconds: 60 });
  // Publishing a post through the API makes the feed read its posts again.
  await context.request.post("/api/posts", { data: { title: "Without sound" } });
  await context.close();
});

interface Listener {
  context: BrowserContext;
  /** What the policy of the pages refused. */
  refused: string[];
  /** Requests for this post's sound. */
  soundRequests: (post: PlayablePost) => Request[];
}

async function newListener({
  signedIn = true,
  ...options
}: BrowserContextOptions & { signedIn?: boolean } = {}): Promise<Listener> {
  const context = await openContext(options);
  const refused: string[] = [];
  const requests: Request[] = [];
  await context.exposeFunction("reportRefusal", (text: string) => void refused.push(text));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      (window as unknown as { reportRefusal: (text: string) => void }).reportRefusal(
        `${effectiveDirective}: ${blockedURI}`,
      ),
    );
  });
  context.on("request", (request) => void requests.push(request));
  if (signedIn) await signUpInBrowser(context);
  return {
    context,
    refused,
    soundRequests: (post) => requests.filter((request) => request.url().endsWith(post.pathname)),
  };
}

const bar = (page: Page) => page.getByRole("region", { name: "Player" });
const button = (page: Page, name: string | RegExp) => bar(page).getByRole("button", { name });

const sound = (page: Page) =>
  page.evaluate(() => {
    const audio = document.querySelector<HTMLAudioElement>("audio[data-player]");
    return { at: audio?.currentTime ?? -1, isPaused: audio?.paused ?? true, isMuted: audio?.muted ?? false };
  });

const isPlaying = async (page: Page) => {
  const { at, isPaused } = await sound(page);
  return !isPaused && at > 0;
};

/** Opens a post and plays it with the big button. */
async function playPost(context: BrowserContext, post: PlayablePost): Promise<Page> {
  const page = await openTab(context, `/posts/${post.id}`);
  await page
    .getByRole("main")
    .getByRole("button", { name: `Play: ${post.title}` })
    .click();
  await expect.poll(() => isPlaying(page)).toBe(true);
  return page;
}

describe("the player", () => {
  it("plays at a later press when its scripts did not load at the first", async () => {
    const { context } = await newListener();
    const page = await openTab(context, `/posts/${long.id}`);
    const play = page.getByRole("main").getByRole("button", { name: `Play: ${long.title}` });
    const scripts = "**/_next/static/chunks/**";
    let refusals = 0;
    await page.route(scripts, (route) => {
      refusals += 1;
      return route.abort();
    });
    await play.click();
    await expect.poll(() => refusals).toBeGreaterThan(1);
    await expect.poll(() => play.isVisible()).toBe(true);
    await page.unroute(scripts);
    await play.click();
    await expect.poll(() => isPlaying(page)).toBe(true);
    await bar(page).waitFor();
    await context.close();
  });

  it("plays on through ten pages, in one request, and the policy refuses nothing", async () => {
    const { context, refused, soundRequests } = await newListener({ viewport: { width: 1440, height: 900 } });
    const page = await playPost(context, long);
    await page.evaluate(() => {
      const audio = document.querySelector("audio[data-player]");
      const breaks: string[] = [];
      for (const type of ["pause", "emptied", "waiting"])
        audio?.addEventListener(type, () => breaks.push(type));
      Object.assign(window, { breaks });
    });
    const rail = page.getByRole("navigation", { name: "Main navigation" }).first();
    for (const name of ["Feed", "Shop", "Leaderboard", "Chat, nothing new", "Orders", "Bonuses", "Account"]) {
      await rail.getByRole("link", { name }).click();
      await expect.poll(() => rail.getByRole("link", { name }).getAttribute("aria-current")).toBe("page");
    }
    await rail.getByRole("link", { name: "Feed" }).click();
    await page.getByRole("main").getByRole("link", { name: short.title }).click();
    await page.waitForURL(`**/posts/${short.id}`);
    // Back to where it plays, by the title in the bar.
    await bar(page).getByRole("link", { name: long.title }).click();
    await page.waitForURL(`**/posts/${long.id}`);
    const before = await sound(page);
    await expect.poll(async () => (await sound(page)).at).toBeGreaterThan(before.at);
    expect(await page.evaluate(() => (window as unknown as { breaks: string[] }).breaks)).toEqual([]);
    expect(soundRequests(long).length).toBeLessThanOrEqual(2);
    expect(refused).toEqual([]);
  });

  it("seeks on the waveform and by keys, which leave fields alone, and announces what they did", async () => {
    const { context } = await newListener({ signedIn: false });
    const page = await playPost(context, long);
    const slider = bar(page).getByRole("slider", { name: `Position in ${long.title}` });
    const box = await slider.boundingBox();
    if (!box) throw new Error("the waveform is not shown");
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(async () => Math.abs((await sound(page)).at - 30)).toBeLessThan(3);
    // The waveform was drawn from the stored peaks.
    await expect.poll(() => bar(page).locator("canvas").count()).toBeGreaterThan(0);

    const announcer = page.locator("[data-player-announcer]");
    await page.locator("#content").focus();
    await page.keyboard.press("Space");
    await expect.poll(async () => (await sound(page)).isPaused).toBe(true);
    await expect.poll(() => announcer.textContent()).toBe("Paused");
    const { at } = await sound(page);
    await page.keyboard.press("ArrowRight");
    await expect.poll(async () => Math.round((await sound(page)).at - at)).toBe(5);
    await expect.poll(() => announcer.textContent()).toMatch(/^0:3\d$/);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => Math.abs(Math.round((await sound(page)).at - at))).toBe(0);
    await page.keyboard.press("m");
    await expect.poll(async () => (await sound(page)).isMuted).toBe(true);
    await expect.poll(() => announcer.textContent()).toBe("Sound off");

    // Keys belong to whatever uses them, and do nothing once they are turned off.
    await page.getByRole("link", { name: "Sign in" }).first().click();
    await page.getByLabel("Email").fill("a m");
    await page.keyboard.press("m");
    expect([await page.getByLabel("Email").inputValue(), (await sound(page)).isMuted]).toEqual([
      "a mm",
      true,
    ]);
    await button(page, "Queue and player").click();
    await page.getByRole("checkbox", { name: "Keys work on every page" }).uncheck();
    await page.keyboard.press("Escape");
    await page.locator("#content").focus();
    await page.keyboard.press("m");
    expect((await sound(page)).isMuted).toBe(true);
  });

  it("queues the rest of the feed, and its panel goes on, removes, repeats and clears", async () => {
    const { context } = await newListener();
    const page = await openTab(context, "/");
    await page
      .getByRole("main")
      .getByRole("button", { name: `Play: ${long.title}` })
      .click();
    await expect.poll(() => isPlaying(page)).toBe(true);
    await button(page, "Queue and player").click();
    const dialog = page.getByRole("dialog");
    const queue = dialog.getByRole("list", { name: "Queue" });
    await queue.getByRole("button", { name: `Play: ${short.title}` }).click();
    await dialog.getByRole("region", { name: "Now playing" }).getByText(short.title).waitFor();
    await dialog.getByRole("button", { name: "Repeat: off" }).click();
    await dialog.getByRole("button", { name: "Repeat: the whole queue" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await queue.getByRole("button", { name: `Remove from the queue: ${long.title}` }).click();
    expect(await queue.getByText(long.title).count()).toBe(0);
    await dialog.getByRole("button", { name: "Clear the queue" }).click();
    await expect.poll(() => bar(page).count()).toBe(0);
    expect((await sound(page)).isPaused).toBe(true);
  });

  it("restores the track and its position after a reload, paused and without a request", async () => {
    const { context, soundRequests } = await newListener({ signedIn: false });
    const page = await playPost(context, long);
    await page.locator("#content").focus();
    for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowRight");
    await expect.poll(async () => (await sound(page)).at).toBeGreaterThan(20);
    const requests = soundRequests(long).length;
    await visit(page, "/shop");
    await bar(page).getByText(long.title).waitFor();
    expect(await sound(page)).toMatchObject({ at: 0, isPaused: true });
    expect(soundRequests(long)).toHaveLength(requests);
    await button(page, `Play: ${long.title}`).click();
    await expect.poll(async () => ((await isPlaying(page)) ? (await sound(page)).at : 0)).toBeGreaterThan(20);
  });

  it("plays in one tab at a time", async () => {
    const { context } = await newListener({ signedIn: false });
    const first = await playPost(context, short);
    const second = await playPost(context, long);
    await expect.poll(async () => (await sound(first)).isPaused).toBe(true);
    const notice = bar(first).getByText("Now playing in another tab.");
    await notice.waitFor();
    expect(await isPlaying(second)).toBe(true);
    // The first tab follows what the second one saves, and still says why it is silent.
    await bar(first).getByText(long.title).waitFor();
    expect(await notice.isVisible()).toBe(true);
    await button(second, `Pause: ${long.title}`).click();
    await notice.waitFor({ state: "hidden" });
  });

  it("reports a play after half of a short track was played, once, and none for strangers", async () => {
    // Its own track: plays of the other tests are counted while this one runs.
    const counted = await createPlayablePost(app, database, authorId, { title: "Counted", seconds: 4 });
    const plays: string[] = [];
    const isPlay = (request: Request) => request.url().endsWith("/play");
    for (const signedIn of [false, true]) {
      const { context } = await newListener({ signedIn });
      context.on("request", (request) => void (isPlay(request) ? plays.push(request.url()) : undefined));
      const page = await playPost(context, counted);
      await button(page, "Queue and player").click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Repeat: off" }).click();
      await dialog.getByRole("button", { name: "Repeat: the whole queue" }).click();
      // It repeats: two rounds are four halves.
      await page.evaluate(() => {
        const audio = document.querySelector("audio[data-player]");
        const ends: number[] = [];
        audio?.addEventListener("ended", () => ends.push(performance.now()));
        Object.assign(window, { ends });
      });
      const rounds = () => page.evaluate(() => (window as unknown as { ends: number[] }).ends.length);
      await expect.poll(rounds).toBeGreaterThanOrEqual(2);
      await context.close();
    }
    expect(plays).toEqual([`${app.url}/api/posts/${counted.id}/play`]);
    const { context } = await newListener({ signedIn: false });
    const readPost = async () => (await context.request.get(`/api/posts/${counted.id}`)).json();
    // Rarely enough for the limit of an address.
    await expect.poll(readPost, { interval: 1_000 }).toMatchObject({ post: { playsCount: 1 } });
  });

  it("says what happened to a sound that is gone, and tells only its author why one failed", async () => {
    const gone = await createPlayablePost(app, database, authorId, { title: "Gone", seconds: 4 });
    const { context } = await newListener({ signedIn: false });
    await context.route(`**/${gone.pathname}`, (route) => route.fulfill({ status: 404 }));
    const page = await openTab(context, `/posts/${gone.id}`);
    await page.getByRole("main").getByRole("button", { name: "Play: Gone" }).click();
    await bar(page).getByText("This sound is no longer available.").waitFor();

    const processing = await createPlayablePost(app, database, authorId, {
      ...{ title: "Not yet", seconds: 4, status: "processing" },
    });
    await visit(page, `/posts/${processing.id}`);
    await page.getByText("The track is being prepared").waitFor();
    const author = await newListener();
    const { id } = await signUpInBrowser(author.context);
    const failed = await createPlayablePost(app, database, id, {
      ...{ title: "Silence", seconds: 4, status: "failed", problem: "silent" },
    });
    await visit(page, `/posts/${failed.id}`);
    await page.getByRole("heading", { name: "Silence" }).waitFor();
    expect(await page.getByText("The track won't play").count()).toBe(0);
    const own = await openTab(author.context, `/posts/${failed.id}`);
    await own.getByText("There is only silence in the file.").waitFor();
  });

  it("hides nothing of a narrow page, and has no serious fault of accessibility", async () => {
    const { context } = await newListener({ viewport: { width: 320, height: 640 } });
    const page = await playPost(context, long);
    expect(await seriousViolations(page)).toEqual([]);
    const edges = await page.evaluate(() => {
      scrollTo(0, document.documentElement.scrollHeight);
      const last = [...document.querySelectorAll("main article *")]
        .map((element) => element.getBoundingClientRect().bottom)
        .reduce((lowest, bottom) => Math.max(lowest, bottom), 0);
      const top = document.querySelector("[data-player-bar]")?.getBoundingClientRect().top ?? 0;
      return { last, top, width: document.documentElement.scrollWidth };
    });
    expect(edges.last).toBeLessThanOrEqual(edges.top);
    expect(edges.width).toBe(320);
  });
});
