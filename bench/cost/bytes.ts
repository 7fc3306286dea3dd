import { openBrowser } from "@/tests/support/clients/browser";
import { openContext } from "@/tests/support/clients/browser-accounts";
import { frameworkFiles, kilobytes, recordTransfers, type Transfer } from "@/tests/support/clients/transfers";
import type { Probe } from "./probe";
import { openSignedInContext } from "./visitor";

const round = (transfers: readonly Transfer[]) => String(Math.round(kilobytes(transfers)));

/** What the feed transfers to a new browser, on the wire, as a phone shows it. */
export const bytes: Probe = {
  name: "bytes",
  measure: async (stage) => {
    const browser = await openBrowser();
    try {
      const signedIn = await openSignedInContext(stage, browser);
      // In the default language, whose letters and currency need fonts of their own, with nothing in the browser's cache.
      const storageState = await signedIn.storageState();
      await signedIn.close();
      const context = await openContext(browser, stage, { locale: "ru-RU", storageState });
      const page = await context.newPage();
      await page.setViewportSize({ width: 412, height: 823 });
      const transfers = await recordTransfers(page);
      await page.goto("/");
      await stage.waitForQuiet();
      const all = transfers();
      const isFramework = frameworkFiles();
      const of = (kind: string) => all.filter((transfer) => transfer.kind === kind);
      const scripts = of("Script");
      const pictures = all.filter(({ kind }) => kind === "Image" || kind === "Media");
      const covers = pictures.filter(({ url }) => url.includes("/covers/"));
      return [
        {
          what: "feed: HTML gz / JS gz (of it the framework's) / fonts / requests without pictures",
          now: `${round(of("Document"))} / ${round(scripts)} (${round(scripts.filter(({ url }) => isFramework(url)))}) / ${round(of("Font"))} KB / ${String(all.length - pictures.length)}`,
          atMost: "20 / 175 / 90 KB / 14",
        },
        {
          what: "… pictures before scrolling: requests, KB; of them generated covers",
          ...{
            now: `${String(pictures.length)}, ${round(pictures)}; ${String(covers.length)}, ${round(covers)}`,
            atMost: "6 covers",
          },
        },
      ];
    } finally {
      await browser.close();
    }
  },
};
