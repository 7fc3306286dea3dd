import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { head, list, put } from "@vercel/blob";
import { afterEach, beforeEach, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { read, start } from "@/tests/support/servers/blob";

const access = "private";
let folder: string;
let dataDir: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nd-blob-"));
  dataDir = path.join(folder, "blob");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("blobs survive a restart with the same token", async () => {
  const token = "vercel_blob_rw_local_kept";
  const first = await start({ dataDir, token });
  const stored = await put("a/b.txt", "words", { access, token, contentType: "text/plain" });
  await first.close();
  await start({ dataDir, token });
  const known = await head("a/b.txt", { token });
  expect(known).toMatchObject({ size: 5, contentType: "text/plain", etag: stored.etag });
  expect(await (await read(known.url, token)).text()).toBe("words");
  expect((await read(known.url, null)).status).toBe(403);
});

it("no pathname leads out of the folder", async () => {
  const { token, url } = await start({ dataDir });
  for (const pathname of ["../../escape", "a/../../escape", "..", "%2e%2e/escape", "/etc/escape"]) {
    await put(pathname, "x", { access, token }).catch(() => {});
    await fetch(`${url}?pathname=${encodeURIComponent(pathname)}`, {
      method: "PUT",
      body: "x",
      headers: { authorization: `Bearer ${token}` },
    });
  }
  expect(await readdir(folder)).toEqual(["blob"]);
  for (const name of await readdir(dataDir)) expect(name).toMatch(/^[0-9a-f]{64}\.blob$/);
});

it("after a crash temporary files are deleted, and damaged files are not listed and not deleted", async () => {
  const first = await start({ dataDir });
  const { token } = first;
  await put("whole", "whole", { access, token });
  await put("cut", "cut short", { access, token });
  await first.close();
  const files = await readdir(dataDir);
  for (const name of files) {
    const file = path.join(dataDir, name);
    const text = await readFile(file, "utf8");
    if (text.includes("cut short")) await truncate(file, text.length - 3);
  }
  await writeFile(path.join(dataDir, "x.blob.1.tmp"), "half");
  await writeFile(path.join(dataDir, "junk.blob"), "no line");
  await start({ dataDir, token });
  expect((await list({ token })).blobs.map(({ pathname }) => pathname)).toEqual(["whole"]);
  expect((await readdir(dataDir)).sort()).toEqual([...files, "junk.blob"].sort());
});

it("of concurrent puts to one pathname exactly one succeeds, completely", async () => {
  const { token } = await start({ dataDir });
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, (_, n) => put("same", String(n).repeat(10_000), { access, token })),
  );
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const { url } = await head("same", { token });
  expect(await (await read(url, token)).text()).toMatch(/^(\d)\1{9999}$/);
});

it("an aborted upload leaves nothing behind", async () => {
  const { token, url } = await start({ dataDir });
  const abort = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(1_000));
    },
  });
  const sent = fetch(`${url}/?pathname=half`, {
    ...{ method: "PUT", body, duplex: "half", signal: abort.signal },
    headers: { authorization: `Bearer ${token}`, "x-vercel-blob-access": access },
  } as RequestInit);
  setTimeout(() => abort.abort(), 50);
  await expect(sent).rejects.toThrow();
  await waitUntil("the unfinished file is deleted", async () => (await readdir(dataDir)).length === 0);
  expect((await list({ token })).blobs).toEqual([]);
});
