import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { eraseFileBatch, tidyFiles } from "@/lib/media";
import { expectStoreUnavailable } from "@/tests/support/clients/expect-store-unavailable";
import { downloadTestFile } from "@/tests/support/clients/media-requests";
import { wav } from "@/tests/support/factories/file-samples";
import { createPerson } from "@/tests/support/factories/people";
import { filePathname, isInStore, storeTestFile } from "@/tests/support/factories/stored-files";
import { runs } from "@/tests/support/fuzz/runs";
import { startStoreProxy } from "@/tests/support/proxies/store-proxy";

// Set before anything reads the environment.
const proxy = await startStoreProxy();
// Each outage below waits for this time limit.
process.env.BLOB_TIMEOUT_MS = "2000";

const [owner, stranger] = await Promise.all([createPerson(), createPerson()]);
afterAll(() => proxy.close());

describe("POST and GET /api/media", () => {
  it("any range of a file has exactly those bytes", async () => {
    const { id } = await storeTestFile(owner, wav);
    const some = fc.option(fc.nat({ max: wav.length + 20 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(some, some, async (first, last) => {
        const { status, headers, bytes } = await downloadTestFile(id, owner, {
          range: `bytes=${first ?? ""}-${last ?? ""}`,
        });
        const isNone = (first === undefined && last === undefined) || Number(last) < Number(first);
        const start = first ?? Math.max(0, wav.length - (last ?? 0));
        const end = first === undefined ? wav.length : Math.min((last ?? wav.length) + 1, wav.length);
        const expected = isNone ? wav : wav.subarray(start, end);
        expect(status).toBe(isNone ? 200 : expected.length > 0 ? 206 : 416);
        expect(Buffer.from(bytes)).toEqual(Buffer.from(expected));
        const range =
          expected.length > 0 ? `bytes ${start}-${end - 1}/${wav.length}` : `bytes */${wav.length}`;
        expect(headers.get("content-range")).toBe(isNone ? null : range);
      }),
      { numRuns: runs(60) },
    );
    const { headers } = await downloadTestFile(id, owner);
    const etag = headers.get("etag") ?? "";
    const again = await downloadTestFile(id, owner, { "if-none-match": `"x", W/${etag}` });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    expect((await downloadTestFile(id, stranger, { "if-none-match": "*" })).status).toBe(404);
    const range = "bytes=0-1";
    expect((await downloadTestFile(id, owner, { range, "if-range": etag })).status).toBe(206);
    expect((await downloadTestFile(id, owner, { range, "if-range": '"other"' })).status).toBe(200);
    expect((await downloadTestFile(id, owner, { range: "bytes=0-1,3-4" })).status).toBe(200);
  });
});

describe("an erased account's files", () => {
  it("are inaccessible immediately even if the store is down, and a later sweep deletes them", async () => {
    const person = await createPerson();
    const { id } = await storeTestFile(person);
    const pathname = await filePathname(id);
    await proxy.set("refuse");
    await eraseFileBatch(person.userId);
    await waitForDeferredWork();
    expect(await db().mediaFile.findUniqueOrThrow({ where: { id } })).toMatchObject({
      ownerId: null,
      name: "",
    });
    await expect(tidyFiles()).rejects.toMatchObject({ code: "unavailable" });
    await proxy.set("pass");
    expect(await isInStore(pathname)).toBe(true);
    expect((await downloadTestFile(id, person)).status).toBe(404);
    await tidyFiles();
    expect(await isInStore(pathname)).toBe(false);
    expect(await db().mediaFile.findUnique({ where: { id } })).toBeNull();
  });
});

describe("with the store down", () => {
  it.each(["hang", "error", "page", "limited"] as const)("%s: responds 503 with Retry-After", (mode) =>
    expectStoreUnavailable(proxy, owner, mode),
  );
});
