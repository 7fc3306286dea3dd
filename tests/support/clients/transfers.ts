import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";

export interface Transfer {
  url: string;
  /** Chromium's name for it: Document, Script, Font, Image, Fetch… */
  kind: string;
  /**
   * On the wire, headers included. A document counts as compressed in one piece, as a CDN sends it: Next's own server
   * compresses each flush apart, which are more on a newer Node.
   */
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
  const headerBytes = new Map<string, number>();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    headerBytes.set(requestId, response.encodedDataLength);
  });
  session.on("Network.loadingFinished", async ({ requestId, encodedDataLength }) => {
    const transfer = transfers.get(requestId);
    if (!transfer) return;
    transfer.bytes = encodedDataLength;
    if (transfer.kind !== "Document") return;
    const { body } = await session.send("Network.getResponseBody", { requestId });
    transfer.bytes = (headerBytes.get(requestId) ?? 0) + gzipSync(body).length;
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
