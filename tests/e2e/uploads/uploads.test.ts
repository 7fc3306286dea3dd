import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab, visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { gradient, sineWav } from "@/tests/support/factories/uploads";

/** Uploads in Chromium, to the local store: a track and a cover on their way into a post and a product. */

const { app, openContext } = await startBrowserTests();

/** With the tracks, which the browser reads from disk. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "normaldance-uploads-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const TEST_LIMIT_MS = 120_000;
/** Of the track, in percent, is in its first part. */
const FIRST_PART = 54;

/** A new user's page of a form. */
async function openForm(): Promise<{ context: BrowserContext; page: Page }> {
  const context = await openContext();
  await signUpInBrowser(context);
  return { context, page: await openTab(context, "/posts/new") };
}

/** What happens to the second part of a large file: it waits, is cut off, or gets through. */
type Gate = "hold" | "cut" | "open";

/** Controls the second part of the page's uploads, which waits at first. @returns changes what happens to it */
async function gateSecondPart(page: Page): Promise<(next: Gate) => void> {
  let gate: Gate = "hold";
  const waiting: (() => void)[] = [];
  await page.route(/\/api\/blob\/mpu/, async (route) => {
    const isSecond = route.request().headers()["x-mpu-part-number"] === "2";
    while (isSecond && gate === "hold") await new Promise<void>((resolve) => waiting.push(resolve));
    // The page may have cancelled the request meanwhile.
    await (isSecond && gate === "cut" ? route.abort("connectionfailed") : route.continue()).catch(
      () => undefined,
    );
  });
  return (next) => {
    gate = next;
    for (const end of waiting.splice(0)) end();
  };
}

const audioInput = (page: Page) => page.locator('input[name="audioFileId"]');
const coverInput = (page: Page) => page.locator('input[name="coverFileId"]');
const sound = (page: Page) => page.getByRole("region", { name: "Sound" });
const phase = (page: Page) => sound(page).locator("[data-phase]").getAttribute("data-phase");

const playButton = (page: Page, title: string) =>
  page.getByRole("main").getByRole("button", { name: `Play: ${title}` });

const playedSeconds = (page: Page) =>
  page.evaluate(() => document.querySelector<HTMLAudioElement>("audio[data-player]")?.currentTime ?? 0);

/** A track of 20 seconds in two parts. @returns its path */
async function wav(name: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, sineWav({ seconds: 20, sampleRate: 192_000, channels: 2 }));
  return file;
}

async function percent(page: Page): Promise<number> {
  const bar = sound(page).getByRole("progressbar");
  return Number((await bar.getAttribute("aria-valuenow", { timeout: 1_000 }).catch(() => null)) ?? -1);
}

/** Whether the browser would ask before the document is left. */
const warnsBeforeLeaving = (page: Page) =>
  page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));

describe("uploading a track", { timeout: TEST_LIMIT_MS }, () => {
  it("survives a lost connection and other pages, is published when it has arrived, and plays for others", async () => {
    const { page } = await openForm();
    const setGate = await gateSecondPart(page);
    expect(await warnsBeforeLeaving(page)).toBe(false);
    await audioInput(page).setInputFiles(await wav("Midnight Tram.wav"));
    await expect.poll(() => percent(page)).toBeGreaterThanOrEqual(FIRST_PART);
    expect(await warnsBeforeLeaving(page)).toBe(true);

    setGate("cut");
    await sound(page).getByText("Connection lost. What has arrived is safe").waitFor();
    expect(await percent(page)).toBe(FIRST_PART);
    setGate("hold");
    await sound(page).getByRole("button", { name: "Try now" }).click();
    await sound(page).getByText("Connection lost.").waitFor({ state: "detached" });

    // Pages of the site do not interrupt it.
    await page.getByRole("link", { name: "Feed" }).first().click();
    await page.waitForURL(`${app.url}/`);
    await page.goBack();
    await waitForHydration(page);
    await page.waitForURL("**/posts/new");
    expect(await phase(page)).toBe("sending");

    await coverInput(page).setInputFiles({
      ...{ name: "cover.png", mimeType: "image/png" },
      buffer: await gradient(700, 700).png().toBuffer(),
    });
    await page.getByRole("region", { name: "How it will look in the feed" }).locator("img").waitFor();

    // Submitting waits for the file, once the rest is valid.
    await page.getByRole("button", { name: "Put it on stage" }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("title");
    await page.getByLabel("Title").fill("Midnight Tram");
    await page.getByRole("button", { name: "Put it on stage" }).click();
    await page.getByText("We'll publish it as soon as the file is uploaded.").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    setGate("open");
    await page.waitForURL(/\/posts\/[0-9a-f-]{36}$/);

    await page.getByRole("heading", { name: "Your track is being prepared" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const postId = new URL(page.url()).pathname.split("/").at(-1);
    const readPost = async () => (await (await page.request.get(`/api/posts/${postId}`)).json()).post;
    expect((await readPost()).track).not.toBeNull();
    await expect.poll(async () => (await readPost()).cover?.sources.length).toBeGreaterThan(0);

    // A stranger's page gets the sound without a reload, and plays it.
    const stranger = await openTab(await openContext(), `/posts/${postId}`);
    await stranger.getByRole("heading", { name: "Midnight Tram", level: 1 }).waitFor();
    expect(await stranger.getByRole("heading", { name: "Your track is being prepared" }).count()).toBe(0);
    for (const each of [page, stranger]) await playButton(each, "Midnight Tram").waitFor();
    await playButton(stranger, "Midnight Tram").click();
    await expect.poll(() => playedSeconds(stranger)).toBeGreaterThan(1);
    expect((await readPost()).track).toMatchObject({
      status: "ready",
      durationSeconds: expect.closeTo(20, 0),
    });

    // The form is empty again.
    await visit(page, "/posts/new");
    await expect.poll(() => phase(page)).toBe("empty");
  });

  it("is cancelled, and takes no quota then", async () => {
    const { page } = await openForm();
    await gateSecondPart(page);
    await audioInput(page).setInputFiles(await wav("Cancelled.wav"));
    await expect.poll(() => percent(page)).toBeGreaterThanOrEqual(FIRST_PART);
    const deleted = page.waitForResponse((response) => response.request().method() === "DELETE");
    await sound(page).getByRole("button", { name: "Cancel" }).click();
    expect((await deleted).status()).toBe(200);
    expect(await phase(page)).toBe("empty");
    expect(await warnsBeforeLeaving(page)).toBe(false);
  });

  it("is kept by the draft, which finds it again after a reload", async () => {
    const { page } = await openForm();
    await audioInput(page).setInputFiles(await wav("Draft.wav"));
    await expect.poll(() => phase(page)).toBe("stored");
    await page.reload();
    await waitForHydration(page);
    await expect.poll(() => phase(page)).toBe("stored");
    await sound(page).getByText("Draft.wav").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await phase(page)).toBe("empty");
    // It is offered again, and can be deleted.
    const listUnused = () => page.request.get("/api/media/uploads?purpose=audio&unused=true");
    await expect.poll(async () => (await (await listUnused()).json()).items.length).toBe(1);
    await page.reload();
    await waitForHydration(page);
    const offer = page.getByRole("button", { name: /^Use .*Draft\.wav/ });
    await offer.waitFor();
    const deleted = page.waitForResponse((response) => response.request().method() === "DELETE");
    await page.getByRole("button", { name: /^Delete .*Draft\.wav/ }).click();
    expect((await deleted).status()).toBe(200);
    await offer.waitFor({ state: "detached" });
  });

  it("that is a text by its content is refused with a reason, and the form is not sent without it", async () => {
    const { page } = await openForm();
    await audioInput(page).setInputFiles({
      ...{ name: "song.mp3", mimeType: "audio/mpeg", buffer: Buffer.from("La la la. ".repeat(2_000)) },
    });
    await sound(page).getByRole("alert").getByText("This isn't sound.").waitFor();
    await page.getByLabel("Title").fill("A text");
    await page.getByRole("button", { name: "Put it on stage" }).click();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("name")))
      .toBe("audioFileId");
    await sound(page).getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Put it on stage" }).click();
    await page.waitForURL(/\/posts\/[0-9a-f-]{36}$/);
  });
});

describe("a track for sale", { timeout: TEST_LIMIT_MS }, () => {
  it("is an uploaded file, not a link", async () => {
    const context = await openContext();
    const signedIn = await context.request.post("/api/auth/sign-in", {
      data: { email: "artist@normaldance.test", password: "normaldance" },
    });
    expect(signedIn.status()).toBe(200);
    const page = await openTab(context, "/shop/new");
    await page.getByRole("radio", { name: /^Track/ }).check({ force: true });
    expect(await page.getByLabel("Link to the file").count()).toBe(0);
    await page.getByLabel("Title").fill("Midnight Tram (WAV)");
    await page.getByLabel("Price per item").fill("3");
    await page.getByRole("button", { name: "Put it up for sale" }).click();
    await page.getByText("Add the track that you sell").waitFor();
    await audioInput(page).setInputFiles(await wav("Midnight Tram.wav"));
    await expect.poll(() => phase(page)).toBe("stored");
    await page.getByRole("button", { name: "Put it up for sale" }).click();
    await page.waitForURL(/\/shop\/[0-9a-f-]{36}$/);
    const id = new URL(page.url()).pathname.split("/").at(-1);
    const { product } = await (await page.request.get(`/api/products/${id}`)).json();
    expect(product).toMatchObject({ kind: "track", title: "Midnight Tram (WAV)" });
    expect(product.track).not.toBeNull();
  });
});
