import { openBrowser } from "@/tests/support/clients/browser";
import type { Probe } from "./probe";
import { countNames, openSignedInContext, ownRequests, visit } from "./visitor";

/** The first document of a signed-in browser with its stream, and the next page while the stream is open. */
export const signedIn: Probe = {
  name: "signed-in",
  measure: async (stage) => {
    const browser = await openBrowser();
    try {
      // The first visit loads the scripts into Redis and fills the caches.
      const warm = await openSignedInContext(stage, browser);
      for (const path of ["/", "/shop"]) {
        const { page } = await visit(warm, path);
        await stage.waitForQuiet();
        await page.close();
      }
      await warm.close();

      const context = await openSignedInContext(stage, browser);
      await stage.waitForFollowUp();
      // Meanwhile what is cached for the pages may have become stale.
      for (const path of ["/", "/shop"]) await context.request.get(stage.url + path);
      let tab: Awaited<ReturnType<typeof visit>> | undefined;
      const first = await stage.measure(async () => {
        tab = await visit(context, "/");
      });
      const own = ownRequests(stage, tab?.requests ?? []);
      const next = await stage.measure(async () => {
        await tab?.page.locator('a[href="/shop"]').first().click();
        await tab?.page.waitForURL("**/shop");
      });
      return [
        {
          what: "signed-in: first document and its stream, warm: billed commands / scripts",
          ...{ now: `${first.billed} / ${first.scripts}`, atMost: "40 / 8" },
        },
        {
          what: "signed-in: next page, stream open: billed commands / scripts",
          ...{ now: `${next.billed} / ${next.scripts}`, atMost: "15 / 3" },
        },
        {
          what: "… requests of the page to our API after the document",
          ...{ now: `${own.length} (${countNames(own)})`, atMost: "2" },
        },
        {
          what: "… SQL statements of the first document and its stream; of the next page",
          ...{ now: `${first.statements}; ${next.statements}`, atMost: "6; 2" },
        },
      ];
    } finally {
      await browser.close();
    }
  },
};
