import { readFileSync } from "node:fs";
import type { CDPSession } from "playwright-core";
import { openBrowser } from "@/tests/support/clients/browser";
import { openContext } from "@/tests/support/clients/browser-accounts";
import type { Probe } from "./probe";

interface Transfer {
  url: string;
  kind: string;
  bytes: number;
}

/** What the feed transfers to a new browser, on the wire, as a phone shows it. */
export const bytes: Probe = {
  name: "bytes",
  measure: async (stage) => {
    const browser = await openBrowser();
    try {
      // In the default language, whose letters and currency need fonts of their own.
      const context = await openContext(browser, stage, { locale: "ru-RU" });
      await context.request.post("/api/auth/sign-in", {
        data: { email: "listener@normaldance.test", password: "normaldance" },
      });
      const page = await context.newPage();
      await page.setViewportSize({ width: 412, height: 823 });
      const session = await context.newCDPSession(page);
      await session.send("Network.enable");
      await session.send("Network.setCacheDisabled", { cacheDisabled: true });
      const transfers = recordTransfers(session);
      await page.goto("/");
      await stage.waitForQuiet();
      const all = transfers();
      const isFramework = frameworkFiles();
      const of = (kind: string) => all.filter((transfer) => transfer.kind === kind);
      const scripts = of("Script");
      const pictures = all.filter(({ kind }) => kind === "Image" || kind === "Media");
      const covers = await page.locator("main img, main svg[data-cover]").count();
      return [
        {
          what: "feed: HTML gz / JS gz (of it the framework's) / fonts / requests without pictures",
          now: `${kilobytes(of("Document"))} / ${kilobytes(scripts)} (${kilobytes(scripts.filter(({ url }) => isFramework(url)))}) / ${kilobytes(of("Font"))} KB / ${all.length - pictures.length}`,
          atMost: "20 / 175 / 90 KB / 14",
        },
        {
          what: "… pictures before scrolling: requests, KB; in the document",
          ...{ now: `${pictures.length}, ${kilobytes(pictures)}; ${covers}`, atMost: "6 covers" },
        },
      ];
    } finally {
      await browser.close();
    }
  },
};

function recordTransfers(session: CDPSession): () => Transfer[] {
  const transfers = new Map<string, Transfer>();
  session.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
    if (!request.url.startsWith("data:"))
      transfers.set(requestId, { url: request.url, kind: type ?? "Other", bytes: 0 });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const transfer = transfers.get(requestId);
    if (transfer) transfer.bytes = encodedDataLength;
  });
  return () => [...transfers.values()];
}

/** Next's own part of the scripts: what every page of every app loads. */
function frameworkFiles(): (url: string) => boolean {
  const manifest = JSON.parse(readFileSync(".next/build-manifest.json", "utf8")) as {
    rootMainFiles: string[];
    polyfillFiles: string[];
  };
  const files = [...manifest.rootMainFiles, ...manifest.polyfillFiles];
  return (url) => files.some((file) => url.endsWith(file));
}

const kilobytes = (transfers: readonly Transfer[]) =>
  String(Math.round(transfers.reduce((sum, transfer) => sum + transfer.bytes, 0) / 1_000));
