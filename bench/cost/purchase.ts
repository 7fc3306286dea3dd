import { openBrowser } from "@/tests/support/clients/browser";
import { openContext } from "@/tests/support/clients/browser-accounts";
import type { Probe } from "./probe";
import { openSignedInContext } from "./visitor";

/** One purchase from the click to its last task: what QStash counts. */
export const purchase: Probe = {
  name: "purchase",
  measure: async (stage) => {
    const browser = await openBrowser();
    try {
      const seller = await openContext(browser, stage);
      await seller.request.post("/api/auth/sign-in", {
        data: { email: "artist@normaldance.test", password: "normaldance" },
      });
      const sale = { kind: "ticket", title: "Rooftop", priceMinor: 1_500, currency: "EUR" };
      const listed = await seller.request.post("/api/products", { data: sale });
      const productId = ((await listed.json()) as { product: { id: string } }).product.id;
      const buyer = await openSignedInContext(stage, browser);
      const page = await buyer.newPage();
      await page.goto(`/shop/${productId}`);
      const traffic = await stage.measure(async () => {
        await page.getByRole("button", { name: /^Buy for/ }).click();
        await page.waitForURL(/\/c\/pay\//);
        await page.locator('button[value="paid"]').click();
        await page.waitForURL(/\/orders\/[0-9a-f-]{36}/);
        await page.getByTestId("code").first().waitFor();
        // Until QStash has delivered what it may deliver now; a payment check is a message for later.
        await stage.waitForQuiet();
        // The order's page polls while it is open.
        await page.close();
      });
      return [
        { what: "a purchase, all of it: QStash messages", now: String(traffic.messages), atMost: "4" },
        {
          what: "… billed commands and SQL statements, the order's page included",
          ...{ now: `${traffic.billed}; ${traffic.statements}`, atMost: "–" },
        },
      ];
    } finally {
      await browser.close();
    }
  },
};
