import { devices, type Page } from "playwright-core";
import { openBrowser } from "@/tests/support/clients/browser";
import { openContext } from "@/tests/support/clients/browser-accounts";
import type { Stage } from "../cost/stage";

/** Lighthouse's slow 4G, applied to each packet, and its slow processor. */
const RTT_MS = 150;
const BYTES_PER_SECOND = { down: (1_600 * 1_024) / 8, up: (750 * 1_024) / 8 };
const CPU_SLOWDOWN = 4;

export interface Tap {
  /** Until the tapped link shows that its page is on its way, in milliseconds. */
  markedMs: number;
  /** Until the page's address and heading are there. */
  openedMs: number;
}

/** Taps a link of the bottom bar on a slow phone, as often as asked, each time on a new page. */
export async function measureTaps(stage: Stage, times: number): Promise<Tap[]> {
  const browser = await openBrowser();
  const taps: Tap[] = [];
  try {
    for (let n = 0; n < times; n++) {
      const { viewport, hasTouch, isMobile, userAgent } = devices["Pixel 5"];
      const context = await openContext(browser, stage, { viewport, hasTouch, isMobile, userAgent });
      const page = await context.newPage();
      await throttle(page);
      await page.goto("/");
      await stage.waitForQuiet();
      taps.push(await tapShop(page));
      await context.close();
    }
  } finally {
    await browser.close();
  }
  return taps;
}

async function throttle(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", {
    ...{ offline: false, latency: RTT_MS },
    ...{ downloadThroughput: BYTES_PER_SECOND.down, uploadThroughput: BYTES_PER_SECOND.up },
  });
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
}

/** The times are taken inside the page, from the browser's time of the tap. */
async function tapShop(page: Page): Promise<Tap> {
  await page.evaluate(() => {
    const times: { markedMs?: number; openedMs?: number } = {};
    Object.assign(window, { tapTimes: times });
    document.addEventListener(
      "click",
      ({ timeStamp }) => {
        const feedHeading = document.querySelector("main h1")?.textContent;
        const observer = new MutationObserver(() => {
          const since = performance.now() - timeStamp;
          if (document.querySelector(".link-pending")) times.markedMs ??= since;
          const heading = document.querySelector("main h1")?.textContent;
          if (location.pathname !== "/shop" || !heading || heading === feedHeading) return;
          times.openedMs = since;
          observer.disconnect();
        });
        observer.observe(document.documentElement, { childList: true, subtree: true });
      },
      { capture: true, once: true },
    );
  });
  await page.locator('nav.phone-bar a[href="/shop"]').tap();
  await page.waitForFunction(() => "openedMs" in (window as unknown as { tapTimes: object }).tapTimes);
  const times = await page.evaluate(() => (window as unknown as { tapTimes: Partial<Tap> }).tapTimes);
  return { markedMs: times.markedMs ?? times.openedMs ?? 0, openedMs: times.openedMs ?? 0 };
}
