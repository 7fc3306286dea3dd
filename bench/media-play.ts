import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { openBrowser } from "@/tests/support/clients/browser";
import { openContext, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab } from "@/tests/support/clients/browser-pages";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { type RunningApp, startAppOn } from "@/tests/support/processes/running-app";

interface PlayablePost {
  id: string;
  title: string;
  durationSeconds: number;
}

interface Transfer {
  url: string;
  bytes: number;
}

/** Rarely enough for the limit of an address. */
const POLL_INTERVAL_MS = 1_000;

/**
 * Plays one track of the seed in Chromium, from its beginning to its end, and prints what that costs: calls of functions,
 * and what the public store sends. Sounds that a route of the app served would make every one of those requests a call.
 */
export async function countPlay(): Promise<void> {
  // Empty: the app seeds itself, and the tasks of the seed's sounds are sent to the address it has.
  const folder = await mkdtemp(path.join(tmpdir(), "normaldance-bench-"));
  const app = await startAppOn(folder, { TRUST_PROXY: "1" });
  const browser = await openBrowser();
  try {
    const context = await openContext(browser, app);
    await signUpInBrowser(context);
    const post = await findPlayablePost(app);
    const page = await openTab(context, `/posts/${post.id}`);
    await page.waitForLoadState("networkidle");
    const transfers = await recordTransfers(page);
    await page
      .getByRole("main")
      .getByRole("button", { name: `Play: ${post.title}` })
      .click();
    await waitUntil("the track has ended", () => hasEnded(page), POLL_INTERVAL_MS);
    report(app, post, transfers());
  } finally {
    await browser.close();
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The seed's tracks are encoded after the start. */
async function findPlayablePost(app: RunningApp): Promise<PlayablePost> {
  let found: PlayablePost | undefined;
  await waitUntil(
    "a track of the seed can be played",
    async () => {
      const response = await fetch(`${app.url}/api/posts`);
      const { items = [] } = (await response.json()) as {
        items?: { id: string; title: string; track: { status: string; durationSeconds: number } | null }[];
      };
      const ready = items.find(({ track }) => track?.status === "ready");
      if (ready?.track) found = { ...ready, durationSeconds: ready.track.durationSeconds };
      return found !== undefined;
    },
    POLL_INTERVAL_MS,
  );
  if (!found) throw new Error("no post with a track");
  return found;
}

/** @returns reads the requests since now, with their bytes on the wire */
async function recordTransfers(page: Page): Promise<() => readonly Transfer[]> {
  const session = await page.context().newCDPSession(page);
  const transfers = new Map<string, Transfer>();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    transfers.set(requestId, { url: request.url, bytes: 0 });
  });
  session.on("Network.dataReceived", ({ requestId, encodedDataLength, dataLength }) => {
    const transfer = transfers.get(requestId);
    if (transfer) transfer.bytes += encodedDataLength || dataLength;
  });
  await session.send("Network.enable");
  return () => [...transfers.values()];
}

/** The queue goes on with the next track, or stops: either way the first one is over. */
const hasEnded = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const audio = document.querySelector<HTMLAudioElement>("audio[data-player]");
    return audio !== null && audio.duration > 0 && (audio.ended || (audio.paused && audio.currentTime === 0));
  });

function report(app: RunningApp, post: PlayablePost, transfers: readonly Transfer[]): void {
  const store = new URL(app.env.VERCEL_BLOB_API_URL ?? "").origin;
  const ofStore = transfers.filter(({ url }) => url.startsWith(store));
  const calls = transfers.filter(({ url }) => url.startsWith(`${app.url}/api/`));
  const bytes = ofStore.reduce((sum, transfer) => sum + transfer.bytes, 0);
  console.log(
    [
      `One play of a track of ${post.durationSeconds.toFixed(0)} s by someone signed in, to its end:`,
      `function invocations: ${calls.length} (${calls.map(({ url }) => new URL(url).pathname).join(", ")})`,
      `requests to the public store: ${ofStore.length}, ${(bytes / 1_000).toFixed(0)} kB`,
      `through a route of the app it would be ${calls.length + ofStore.length} invocations, and the same bytes twice`,
    ].join("\n  "),
  );
}
