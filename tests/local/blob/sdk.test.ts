import {
  BlobAccessError,
  BlobNotFoundError,
  BlobPreconditionFailedError,
  copy,
  del,
  head,
  list,
  put,
  rename,
} from "@vercel/blob";
import { expect, it } from "vitest";
import { read, start } from "@/tests/support/servers/blob";

const access = "private";

it("put stores bytes and type unchanged, and head returns them", async () => {
  const { token } = await start();
  const bytes = Buffer.from([0, 1, 2, 255, 10, 13, 0]);
  const stored = await put("chats/a b/ё?.bin", bytes, { access, token, contentType: "image/png" });
  expect(stored).toMatchObject({ pathname: "chats/a b/ё?.bin", contentType: "image/png" });
  const known = await head(stored.pathname, { token });
  expect(known).toMatchObject({ size: 7, contentType: "image/png", url: stored.url, etag: stored.etag });
  expect(known.uploadedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  expect((await head(stored.url, { token })).pathname).toBe(stored.pathname);
  const answer = await read(stored.url, token);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  expect(answer.headers.get("content-type")).toBe("image/png");
});

it("a private blob requires the token, and without it its existence is not revealed", async () => {
  const { token } = await start();
  const hidden = await put("hidden.txt", "secret", { access, token });
  const shown = await put("shown.txt", "hello", { access: "public", token });
  for (const wrong of [null, "x", `${token}x`]) expect((await read(hidden.url, wrong)).status).toBe(403);
  expect((await read(`${hidden.url}x`, null)).status).toBe(403);
  expect((await read(`${hidden.url}x`, token)).status).toBe(404);
  expect(await (await read(shown.url, null)).text()).toBe("hello");
});

it("every call requires the token", async () => {
  const { token, url } = await start();
  const { pathname } = await put("a", "a", { access, token });
  const wrong = { token: "vercel_blob_rw_local_wrong" };
  for (const call of [
    () => put("b", "b", { access, ...wrong }),
    () => head(pathname, wrong),
    () => list(wrong),
    () => del(pathname, wrong),
    () => copy(pathname, "c", { access, ...wrong }),
  ]) {
    await expect(call()).rejects.toThrow(BlobAccessError);
  }
  expect((await fetch(`${url}?prefix=`)).status).toBe(403);
  expect((await list({ token })).blobs).toHaveLength(1);
});

it("put overwrites only with allowOverwrite, or with ifMatch of the current etag", async () => {
  const { token } = await start();
  const first = await put("a", "one", { access, token });
  await expect(put("a", "two", { access, token })).rejects.toThrow(/already exists/);
  const second = await put("a", "two", { access, token, allowOverwrite: true });
  await expect(put("a", "three", { access, token, ifMatch: first.etag })).rejects.toThrow(
    BlobPreconditionFailedError,
  );
  await put("a", "three", { access, token, ifMatch: second.etag });
  expect(await (await read(first.url, token)).text()).toBe("three");
  const suffixed = await put("a.txt", "x", { access, token, addRandomSuffix: true });
  expect(suffixed.pathname).toMatch(/^a-[0-9a-f]{30}\.txt$/);
});

it("del accepts one or many URLs and pathnames, also of missing blobs", async () => {
  const { token } = await start();
  const [a, b] = [await put("a", "a", { access, token }), await put("b", "b", { access, token })];
  await put("c", "c", { access, token });
  await del([a.url, b.pathname, "nothing"], { token });
  await del("nothing", { token });
  expect((await list({ token })).blobs.map(({ pathname }) => pathname)).toEqual(["c"]);
  await expect(head("a", { token })).rejects.toThrow(BlobNotFoundError);
  expect((await read(a.url, token)).status).toBe(404);
});

it("copy and rename keep bytes and type", async () => {
  const { token } = await start();
  const a = await put("a", "a", { access, token, contentType: "text/plain" });
  const b = await copy(a.url, "b", { access, token });
  expect(await (await read(b.url, token)).text()).toBe("a");
  expect((await head("b", { token })).contentType).toBe("text/plain");
  await rename("a", "c", { access, token });
  expect((await list({ token })).blobs.map(({ pathname }) => pathname)).toEqual(["b", "c"]);
  await expect(copy("nothing", "d", { access, token })).rejects.toThrow(BlobNotFoundError);
});

it("list returns each blob once over all pages, and folders in folded mode", async () => {
  const { token } = await start();
  const names = Array.from({ length: 7 }, (_, n) => `day-${n % 3}/${n}`);
  for (const name of names) await put(name, name, { access, token });
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await list({ token, limit: 2, prefix: "day-", ...(cursor ? { cursor } : {}) });
    seen.push(...page.blobs.map(({ pathname }) => pathname));
    if (!page.hasMore) break;
    cursor = page.cursor;
  }
  expect(seen).toEqual([...names].sort());
  expect(await list({ token, mode: "folded" })).toMatchObject({
    folders: ["day-0/", "day-1/", "day-2/"],
    blobs: [],
    hasMore: false,
  });
  expect((await list({ token, mode: "folded", prefix: "day-1/" })).blobs).toHaveLength(2);
});

it("contents support Range, If-None-Match and ?download=1", async () => {
  const { token } = await start();
  const { url } = await put("a.txt", "0123456789", { access, token, contentType: "text/plain" });
  const part = async (range: string) => {
    const answer = await read(url, token, { range });
    return [answer.status, answer.headers.get("content-range"), await answer.text()];
  };
  expect(await part("bytes=2-4")).toEqual([206, "bytes 2-4/10", "234"]);
  expect(await part("bytes=7-")).toEqual([206, "bytes 7-9/10", "789"]);
  expect(await part("bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
  expect(await part("bytes=5-99")).toEqual([206, "bytes 5-9/10", "56789"]);
  expect(await part("bytes=10-")).toEqual([416, "bytes */10", ""]);
  expect(await part("lines=1-2")).toEqual([200, null, "0123456789"]);
  const whole = await read(url, token);
  const again = await read(url, token, { "if-none-match": whole.headers.get("etag") ?? "" });
  expect([again.status, await again.text()]).toEqual([304, ""]);
  const saved = await read(`${url}?download=1`, token);
  expect(saved.headers.get("content-disposition")).toBe('attachment; filename="a.txt"');
});

it("put refuses a blob over the limit and stores nothing", async () => {
  const { token } = await start({ limitBytes: 1_000 });
  await put("a", Buffer.alloc(1_000), { access, token });
  await expect(put("b", Buffer.alloc(1_001), { access, token })).rejects.toThrow(/too large/i);
  expect((await list({ token })).blobs).toHaveLength(1);
});

it("an unsupported call is refused with an error", async () => {
  const { token, url } = await start();
  const answer = await fetch(`${url}/signed-token`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await answer.json()).toMatchObject({
    error: { code: "bad_request", message: expect.stringMatching(/not here/) },
  });
});
