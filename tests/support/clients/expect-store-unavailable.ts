import { expect } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { storeTestFile } from "@/tests/support/factories/stored-files";
import type { FaultMode, FaultProxy } from "@/tests/support/proxies/fault-proxy";
import { downloadTestFile, uploadTestFile } from "./media-requests";

/** Far below the minutes for which the SDK alone would retry. */
const MAX_WAIT_MS = 20_000;

/**
 * Asserts that with the file store in this fault mode uploads and downloads get 503 with Retry-After, that the failed
 * upload leaves no row, and that downloads work again afterwards.
 * @param storeProxy  the proxy in front of the file store; left in mode `pass`
 */
export async function expectStoreUnavailable(
  storeProxy: FaultProxy,
  owner: Caller,
  mode: FaultMode,
): Promise<void> {
  const { id } = await storeTestFile(owner);
  const rowCount = await db().mediaFile.count();
  await storeProxy.set(mode);
  const startedAt = performance.now();
  const upload = await uploadTestFile(owner, "words");
  expect([upload.status, upload.body.error.code]).toEqual([503, "unavailable"]);
  expect(Number(upload.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(upload.body.error.message).toMatch(/store of files does not answer/);
  const download = await downloadTestFile(id, owner);
  expect([download.status, Number(download.headers.get("retry-after")) > 0]).toEqual([503, true]);
  expect(performance.now() - startedAt).toBeLessThan(MAX_WAIT_MS);
  expect(await db().mediaFile.count()).toBe(rowCount);
  await storeProxy.set("pass");
  expect((await downloadTestFile(id, owner)).status).toBe(200);
}
