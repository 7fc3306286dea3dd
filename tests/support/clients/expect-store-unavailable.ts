import { expect } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { storeTestFile } from "@/tests/support/factories/stored-files";
import type { FaultMode, FaultProxy } from "@/tests/support/proxies/fault-proxy";
import { downloadTestFile, uploadTestFile } from "./media-requests";

/** With the file store down, uploads and downloads get 503 with Retry-After, and a failed upload leaves no row. */
export async function expectStoreUnavailable(
  store: FaultProxy,
  owner: Caller,
  mode: FaultMode,
): Promise<void> {
  const { id } = await storeTestFile(owner);
  const count = await db().mediaFile.count();
  await store.set(mode);
  const startedAt = performance.now();
  const sent = await uploadTestFile(owner, "words");
  expect([sent.status, sent.body.error.code]).toEqual([503, "unavailable"]);
  expect(Number(sent.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(sent.body.error.message).toMatch(/store of files does not answer/);
  const got = await downloadTestFile(id, owner);
  expect([got.status, Number(got.headers.get("retry-after")) > 0]).toEqual([503, true]);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  expect(await db().mediaFile.count()).toBe(count);
  await store.set("pass");
  expect((await downloadTestFile(id, owner)).status).toBe(200);
}
