import { readFile } from "node:fs/promises";
import type { BrowserContext, Page } from "playwright-core";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newId } from "@/lib/core/ids";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab, visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import {
  createPlayablePost,
  createPreviewedProduct,
  type PlayablePost,
} from "@/tests/support/factories/playable-posts";
import { createSampleFolder, ffmpeg, music } from "@/tests/support/factories/sound-samples";
import { gradient, withId3 } from "@/tests/support/factories/uploads";

/** An artist with two tracks and a product: their page, what they see of their own, and what the player offers. */

const { app, database, openContext } = await startBrowserTests();

let artist: BrowserContext;
let visitor: BrowserContext;
let artistId: string;
/** The older track, and the newer one, which comes first. */
let older: PlayablePost;
let newer: PlayablePost;
let productId: string;

beforeAll(async () => {
  [artist, visitor] = await Promise.all([
    openContext(),
    openContext({ viewport: { width: 1440, height: 900 } }),
  ]);
  artistId = (await signUpInBrowser(artist, "Ольга Щедрая")).id;
  older = await createPlayablePost(app, database, artistId, { title: "Older", seconds: 20 });
  newer = await createPlayablePost(app, database, artistId, { title: "Newer", seconds: 20 });
  productId = await createPreviewedProduct(app, database, artistId, { title: "Master tape", seconds: 8 });
});

const bar = (page: Page) => page.getByRole("region", { name: "Player" });
const main = (page: Page) => page.getByRole("main");
const playing = (page: Page, title: string) => bar(page).getByRole("link", { name: title });
const sound = (page: Page) =>
  page.evaluate(() => {
    const audio = document.querySelector<HTMLAudioElement>("audio[data-player]");
    return { isPaused: audio?.paused ?? true, at: audio?.currentTime ?? 0, volume: audio?.volume ?? -1 };
  });
const isPlaying = async (page: Page) => {
  const { isPaused, at } = await sound(page);
  return !isPaused && at > 0;
};

describe("an artist's page", () => {
  it("is reached by the name, plays all tracks in a row, and shows what is for sale", async () => {
    const page = await openTab(visitor, `/posts/${older.id}`);
    await main(page).getByRole("link", { name: "Ольга Щедрая" }).click();
    await page.waitForURL(/\/u\/olga-shchedraya(-\d+)?$/);
    await main(page).getByRole("heading", { name: "Ольга Щедрая", level: 1 }).waitFor();
    expect(await main(page).getByRole("link", { name: "Master tape" }).count()).toBe(1);
    expect(await seriousViolations(page)).toEqual([]);

    await main(page).getByRole("button", { name: "Play all" }).click();
    await expect.poll(() => isPlaying(page)).toBe(true);
    await playing(page, newer.title).waitFor();
    await bar(page).getByRole("button", { name: "Next track" }).click();
    await playing(page, older.title).waitFor();
    await main(page).getByRole("button", { name: "Pause", exact: true }).click();
    await expect.poll(async () => (await sound(page)).isPaused).toBe(true);
    // Its address takes any case, and an unknown one is a page that says so.
    expect(
      (await page.goto(new URL(page.url()).pathname.toUpperCase().replace("/U/", "/u/")))?.status(),
    ).toBe(200);
    expect((await visit(page, "/u/nobody-at-all"))?.status()).toBe(404);
    await page.close();
  });

  it("is where /u/me leads its owner", async () => {
    const page = await openTab(artist, "/u/me");
    expect(new URL(page.url()).pathname).toMatch(/^\/u\/olga-shchedraya/);
    await main(page).getByRole("link", { name: "Settings" }).waitFor();
    await page.close();
  });
});

describe("what artists see of their own posts", () => {
  it("is how often each was played, by day", async () => {
    await database.query(
      `INSERT INTO "PostPlay" ("postId", hour) SELECT $1, date_trunc('hour', now()) FROM generate_series(1, 3)`,
      [older.id],
    );
    const page = await openTab(artist, `/posts/${older.id}`);
    await page.getByRole("img", { name: /^Plays: 3 in this period, peaking at 3 / }).waitFor();
    await visit(page, `/posts/${newer.id}`);
    await page.getByRole("img", { name: "Plays: none in this period" }).waitFor();
    const stranger = await openTab(visitor, `/posts/${older.id}`);
    expect(await stranger.getByRole("img", { name: /in this period/ }).count()).toBe(0);
    await Promise.all([page.close(), stranger.close()]);
  });

  it("is why a cover failed after publishing", async () => {
    const [fileId, postId] = [newId(), newId()];
    await database.query(
      `INSERT INTO "MediaFile" (id, "ownerId", name, type, bytes, pathname, purpose, status, problem)
       VALUES ($1, $2, 'cover.png', 'image/png', 1, $3, 'cover', 'refused', 'too_many_pixels')`,
      [fileId, artistId, `cover/${fileId}`],
    );
    await database.query(
      `INSERT INTO "Post" (id, "authorId", title, text, tags, "coverFileId") VALUES ($1, $2, 'Bare', '', '{}', $3)`,
      [postId, artistId, fileId],
    );
    const page = await openTab(artist, `/posts/${postId}`);
    await page.getByText("The picture has too many pixels.").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const stranger = await openTab(visitor, `/posts/${postId}`);
    await stranger.getByRole("heading", { name: "Bare" }).waitFor();
    expect(await stranger.getByText("Your cover couldn't be used").count()).toBe(0);
    await Promise.all([page.close(), stranger.close()]);
  });
});

describe("the player", () => {
  it("names its track to the system, and follows the system's keys", async () => {
    // With an empty queue, whatever the other tests have played.
    const context = await openContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(() => {
      const handlers: Record<string, (details: object) => void> = {};
      const { setActionHandler } = MediaSession.prototype;
      MediaSession.prototype.setActionHandler = function (action, handler) {
        if (handler) handlers[action] = handler as (details: object) => void;
        setActionHandler.call(this, action, handler);
      };
      Object.assign(window, { handlers });
    });
    const page = await openTab(context, `/posts/${newer.id}`);
    const press = (action: string, details: object = {}) =>
      page.evaluate(
        ([name, values]) =>
          (window as unknown as { handlers: Record<string, (details: object) => void> }).handlers[name]?.(
            values,
          ),
        [action, details] as const,
      );
    const shown = () =>
      page.evaluate(() => {
        const { metadata, playbackState } = navigator.mediaSession;
        const artwork = metadata?.artwork.map(({ sizes }) => sizes);
        return { title: metadata?.title, artist: metadata?.artist, artwork, playbackState };
      });
    await main(page).getByRole("link", { name: "Ольга Щедрая" }).click();
    await main(page).getByRole("button", { name: "Play all" }).click();
    await expect.poll(() => isPlaying(page)).toBe(true);
    await expect.poll(shown).toEqual({
      ...{ title: "Newer", artist: "Ольга Щедрая", playbackState: "playing" },
      // The drawn cover, as a picture that the system can show.
      artwork: ["512x512"],
    });
    await press("pause");
    await expect.poll(async () => (await sound(page)).isPaused).toBe(true);
    await expect.poll(async () => (await shown()).playbackState).toBe("paused");
    await press("seekto", { seekTime: 12 });
    await expect.poll(async () => Math.round((await sound(page)).at)).toBe(12);
    await press("nexttrack");
    await expect.poll(async () => (await shown()).title).toBe("Older");
    await press("play");
    await expect.poll(() => isPlaying(page)).toBe(true);
    await press("stop");
    await context.close();
  });

  it("takes its volume from the keyboard, and keeps it after a reload", async () => {
    const page = await openTab(visitor, `/posts/${newer.id}`);
    await main(page)
      .getByRole("button", { name: `Play: ${newer.title}` })
      .click();
    const slider = bar(page).getByRole("slider", { name: "Volume" });
    await slider.focus();
    for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowLeft");
    expect([await slider.inputValue(), await slider.getAttribute("aria-valuetext")]).toEqual(["80", "80%"]);
    await expect.poll(async () => (await sound(page)).volume).toBeCloseTo(0.8);
    await page.reload();
    await waitForHydration(page);
    await expect.poll(() => slider.inputValue()).toBe("80");
    await bar(page)
      .getByRole("button", { name: `Play: ${newer.title}` })
      .click();
    await expect.poll(() => isPlaying(page)).toBe(true);
    expect((await sound(page)).volume).toBeCloseTo(0.8);
    await page.close();
  });

  it("plays the preview of a product, and counts no play of it", async () => {
    const page = await openTab(artist, `/shop/${productId}`);
    const plays: string[] = [];
    page.on(
      "request",
      (request) => void (request.url().endsWith("/play") ? plays.push(request.url()) : null),
    );
    await main(page).getByRole("button", { name: "Play: Master tape" }).click();
    await expect.poll(() => isPlaying(page)).toBe(true);
    await playing(page, "Master tape").waitFor();
    // Past half of it, where a play of a post would count.
    await expect.poll(async () => (await sound(page)).at).toBeGreaterThan(5);
    expect(plays).toEqual([]);
    await page.close();
  });
});

describe("the upload form", () => {
  it("takes a track that is dropped on it, and offers the cover within it", async () => {
    const page = await openTab(artist, "/posts/new");
    const picture = await gradient(300, 300).png().toBuffer();
    const samples = await createSampleFolder();
    onTestFinished(() => samples.remove());
    const sound = samples.file("sound.mp3");
    await ffmpeg([...music(3), "-write_xing", "0", "-id3v2_version", "0", sound]);
    const mp3 = withId3(await readFile(sound), {
      title: "Night Bus",
      artist: "Ольга Щедрая",
      bpm: 120,
      picture,
    });
    const dataTransfer = await page.evaluateHandle((base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], "Night Bus.mp3", { type: "audio/mpeg" }));
      return transfer;
    }, Buffer.from(mp3).toString("base64"));
    const zone = page.getByRole("region", { name: "Sound" }).locator("[data-phase]");
    await zone.dispatchEvent("dragover", { dataTransfer });
    await page.getByText("Let go").waitFor();
    await zone.dispatchEvent("drop", { dataTransfer });
    await expect.poll(() => zone.getAttribute("data-phase")).toBe("stored");
    await page.getByText("The cover inside the track's file").waitFor();
    await page.getByRole("button", { name: "Use it" }).click();
    const cover = page.getByRole("region", { name: "Cover" });
    await expect.poll(() => cover.locator("[data-phase]").getAttribute("data-phase")).toBe("stored");
    expect(await cover.locator("img").count()).toBeGreaterThan(0);
    await page.close();
  });
});
