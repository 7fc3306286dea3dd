import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

export interface Transfer {
  url: string;
  /** Chromium's name for it: Document, Script, Font, Image, Fetch… */
  kind: string;
  /** On the wire, compressed. */
  bytes: number;
}

/** Records what a page transfers from now on, as if nothing were cached. @returns the transfers so far */
export async function recordTransfers(page: Page): Promise<() => Transfer[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
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

/** Next's own part of the scripts: what every page of every app loads. Needs a build. */
export function frameworkFiles(): (url: string) => boolean {
  const manifest = JSON.parse(readFileSync(".next/build-manifest.json", "utf8")) as {
    rootMainFiles: string[];
    polyfillFiles: string[];
  };
  const files = [...manifest.rootMainFiles, ...manifest.polyfillFiles];
  return (url) => files.some((file) => url.endsWith(file));
}

export const kilobytes = (transfers: readonly Transfer[]) =>
  transfers.reduce((sum, transfer) => sum + transfer.bytes, 0) / 1_000;
