import { head, list, put } from "@vercel/blob";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as tidy } from "@/app/api/cron/tidy/route";
import { DELETE as deleteMe } from "@/app/api/me/route";
import { GET as read } from "@/app/api/media/[id]/route";
import { POST as upload } from "@/app/api/media/route";
import type { Caller } from "@/lib/core/access-token";
import { useClock } from "@/lib/core/clock";
import { deferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { deleteFilesOf, readFile, storeFile, tidyFiles } from "@/lib/media";
import { call } from "@/tests/support/clients/api";
import { PASSWORD } from "@/tests/support/factories/accounts";
import { png, samples, wav } from "@/tests/support/factories/files";
import { createPerson } from "@/tests/support/factories/people";
import { tokenOf } from "@/tests/support/factories/sign-in";
import { createKnown } from "@/tests/support/factories/whole-person";
import { runs } from "@/tests/support/fuzz/runs";
import { type FaultProxy, startFaultProxy } from "@/tests/support/proxies/fault-proxy";

const KILOBYTE = 1_024;
const LIMIT = 4 * KILOBYTE * KILOBYTE;
const DAY_MS = 86_400_000;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const text = bytesOf("0123456789");

// Before anything reads the environment.
const store = new URL(process.env.VERCEL_BLOB_API_URL ?? "");
const proxy: FaultProxy = await startFaultProxy({ host: "127.0.0.1", port: Number(store.port) });
process.env.VERCEL_BLOB_API_URL = `http://127.0.0.1:${proxy.port}${store.pathname}`;
// Outages are waited for as often as they are played.
process.env.BLOB_TIMEOUT_MS = "2000";
const token = process.env.BLOB_READ_WRITE_TOKEN ?? "";

let owner: Caller;
let stranger: Caller;
beforeAll(async () => {
  [owner, stranger] = await Promise.all([createPerson(), createPerson()]);
});
afterAll(() => proxy.close());

interface Sending {
  name?: string;
  type?: string;
  headers?: Record<string, string>;
}

async function send(
  body: BodyInit,
  { name = "a.txt", type = "text/plain", headers }: Sending = {},
  as = owner,
) {
  const request = new Request("http://localhost/api/media", {
    ...{ method: "POST", body, duplex: "half" },
    headers: {
      authorization: `Bearer ${await tokenOf(as)}`,
      "content-type": type,
      "x-file-name": encodeURIComponent(name),
      "accept-language": "en",
      ...headers,
    },
  } as RequestInit);
  const answer = await upload(request, { params: Promise.resolve({}) });
  // biome-ignore lint/suspicious/noExplicitAny: an answer that the test looks into
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
}

async function get(id: string, as: Caller | null = owner, headers: Record<string, string> = {}) {
  const request = new Request(`http://localhost/api/media/${id}`, {
    headers: { ...headers, ...(as ? { authorization: `Bearer ${await tokenOf(as)}` } : {}) },
  });
  const response = await read(request, { params: Promise.resolve({ id }) });
  return {
    status: response.status,
    headers: response.headers,
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

const keep = (person: Caller, bytes: Uint8Array = text) =>
  storeFile(person, { name: "a.txt", declaredType: "text/plain", bytes });
const pathnameOf = async (id: string) => (await db().mediaFile.findUniqueOrThrow({ where: { id } })).pathname;
const inStore = async (pathname: string) =>
  (await list({ token, prefix: pathname })).blobs.some((blob) => blob.pathname === pathname);
const everything = async () => (await list({ token, prefix: "media/" })).blobs.length;

describe("POST and GET /api/media", () => {
  it.each(Object.entries(samples))("%s goes in and comes out as it was", async (_, sample) => {
    const { bytes, type, isPicture } = sample;
    const sent = await send(bytes, { name: "Моё лето", type: "application/octet-stream" });
    expect(sent.status, JSON.stringify(sent.body)).toBe(201);
    const { file } = sent.body;
    expect(file).toEqual({
      id: expect.any(String),
      name: expect.stringMatching(/^Моё лето\.\w+$/),
      type,
      bytes: bytes.length,
      width: isPicture ? 3 : null,
      height: isPicture ? 2 : null,
    });
    const got = await get(file.id);
    expect(got.status).toBe(200);
    expect(Buffer.from(got.bytes)).toEqual(Buffer.from(bytes));
    const shown = /^(image|audio)/.test(type) ? "inline" : "attachment";
    expect(Object.fromEntries(got.headers)).toMatchObject({
      "content-type": type === "text/plain" ? "text/plain; charset=utf-8" : type,
      "content-length": String(bytes.length),
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "cache-control": expect.stringMatching(/^private, /),
      "content-disposition": expect.stringMatching(
        new RegExp(`^${shown}; filename="___ ____\\.\\w+"; filename\\*=UTF-8''%D0%9C`),
      ),
    });
  });

  it("what is no such file is 415, and nothing of it is kept", async () => {
    const before = await everything();
    for (const body of ["<svg onload=alert(1)>", "<!doctype html>", "MZ\0\0", "PK\x03\x04"]) {
      const { status, body: answer } = await send(body, { name: "a.png", type: "image/png" });
      expect([status, answer.error.code]).toEqual([415, "unsupported_media_type"]);
      expect(answer.error.message).toMatch(/Pictures, sounds/);
    }
    expect((await send(png.slice(0, 20), { type: "image/png" })).status).toBe(415);
    expect((await send("", {})).status).toBe(400);
    expect(await everything()).toBe(before);
  });

  it("a name that does not decode is 400 with the field, and none is a file's", async () => {
    const wrong = await send("words", { headers: { "x-file-name": "%E0%A4%A" } });
    expect([wrong.status, wrong.body.error.details[0].path]).toEqual([400, "x-file-name"]);
    expect((await send("words", { headers: { "x-file-name": "" } })).body.file.name).toBe("file.txt");
  });

  it("4 MB are taken, and not a byte more, whatever the length is said to be", async () => {
    const whole = new Uint8Array(LIMIT).fill(97);
    expect((await send(whole)).status).toBe(201);
    const over = await send(new Uint8Array(LIMIT + 1).fill(97));
    expect([over.status, over.body.error.code]).toEqual([413, "payload_too_large"]);
    let taken = 0;
    const chunk = new Uint8Array(64 * KILOBYTE).fill(97);
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          taken += chunk.length;
          controller.enqueue(chunk);
        },
      });
    for (const length of [null, "10", "x"]) {
      taken = 0;
      const headers: Record<string, string> = length === null ? {} : { "content-length": length };
      expect((await send(endless(), { headers })).status).toBe(413);
      expect(taken).toBeLessThanOrEqual(LIMIT + 4 * chunk.length);
    }
    taken = 0;
    expect((await send(endless(), { headers: { "content-length": "5000000" } })).status).toBe(413);
    expect(taken).toBeLessThanOrEqual(chunk.length);
  });

  it("a body that breaks off is 400, and nothing of it is kept", async () => {
    const before = await everything();
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error("gone"));
      },
    });
    expect((await send(broken)).status).toBe(400);
    expect(await everything()).toBe(before);
  });

  it("strangers and nobody do not learn that it is there; who may read it gets it", async () => {
    const { id } = await keep(owner);
    const missing = await get(newId(), stranger);
    const others = await get(id, stranger);
    expect([missing.status, others.status, (await get(id, null)).status]).toEqual([404, 404, 401]);
    const plain = ({ bytes }: typeof others) =>
      Buffer.from(bytes)
        .toString()
        .replace(/"requestId":"[^"]+"/, "");
    expect(plain(others)).toBe(plain(missing));
    const reading = (answer: boolean) =>
      readFile(stranger, id, {
        headers: new Headers(),
        requestId: newId(),
        mayRead: async (userId, fileId) => answer && userId === stranger.userId && fileId === id,
      });
    expect((await reading(true)).status).toBe(200);
    await expect(reading(false)).rejects.toMatchObject({ code: "not_found" });
  });

  it("nobody reads it at the store's own address", async () => {
    const { id } = await keep(owner);
    const { url } = await head(await pathnameOf(id), { token });
    expect((await fetch(url)).status).toBe(403);
  });

  it("any part of it is that part", async () => {
    const { id } = await keep(owner, wav);
    const some = fc.option(fc.nat({ max: wav.length + 20 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(some, some, async (first, last) => {
        const { status, headers, bytes } = await get(id, owner, {
          range: `bytes=${first ?? ""}-${last ?? ""}`,
        });
        const isNone = (first === undefined && last === undefined) || Number(last) < Number(first);
        const start = first ?? Math.max(0, wav.length - (last ?? 0));
        const end = first === undefined ? wav.length : Math.min((last ?? wav.length) + 1, wav.length);
        const wanted = isNone ? wav : wav.subarray(start, end);
        expect(status).toBe(isNone ? 200 : wanted.length > 0 ? 206 : 416);
        expect(Buffer.from(bytes)).toEqual(Buffer.from(wanted));
        const range = wanted.length > 0 ? `bytes ${start}-${end - 1}/${wav.length}` : `bytes */${wav.length}`;
        expect(headers.get("content-range")).toBe(isNone ? null : range);
      }),
      { numRuns: runs(60) },
    );
    const { headers } = await get(id);
    const etag = headers.get("etag") ?? "";
    const again = await get(id, owner, { "if-none-match": `"x", W/${etag}` });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    expect((await get(id, stranger, { "if-none-match": "*" })).status).toBe(404);
    const range = "bytes=0-1";
    expect((await get(id, owner, { range, "if-range": etag })).status).toBe(206);
    expect((await get(id, owner, { range, "if-range": '"other"' })).status).toBe(200);
    expect((await get(id, owner, { range: "bytes=0-1,3-4" })).status).toBe(200);
  });
});

describe("room", () => {
  const rows = (ownerId: string, count: number, bytes: number) =>
    db().mediaFile.createMany({
      data: Array.from({ length: count }, () => ({
        ...{ id: newId(), ownerId, name: "a.txt", type: "text/plain", bytes, pathname: `test/${newId()}` },
      })),
    });

  it("200 files, also when many come at once, and what was refused leaves no bytes", async () => {
    const person = await createPerson();
    await rows(person.userId, 197, 1);
    const before = await everything();
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => send(`no. ${n}`, {}, person)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409)?.body.error;
    expect(refused).toMatchObject({ code: "conflict", message: expect.stringMatching(/200 files/) });
    expect(await db().mediaFile.count({ where: { ownerId: person.userId } })).toBe(200);
    expect(await everything()).toBe(before + 3);
  });

  it("200 MB", async () => {
    const person = await createPerson();
    await rows(person.userId, 50, LIMIT);
    await db().mediaFile.updateMany({ where: { ownerId: person.userId }, data: { bytes: LIMIT - 1 } });
    expect((await send("x".repeat(50), {}, person)).status).toBe(201);
    const full = await send("x", {}, person);
    expect([full.status, full.body.error.message]).toEqual([409, expect.stringMatching(/200 MB/)]);
  });
});

describe("what becomes of them", () => {
  it("an account that goes takes its files along, the bytes too", async () => {
    const person = await createKnown("listener");
    const [mine, theirs] = [await keep(person), await keep(owner)];
    const pathname = await pathnameOf(mine.id);
    const answer = await call(deleteMe, { method: "DELETE", as: person, body: { password: PASSWORD } });
    expect(answer.status).toBe(200);
    await deferredWork();
    expect(await inStore(pathname)).toBe(false);
    expect(await db().mediaFile.findUnique({ where: { id: mine.id } })).toBeNull();
    expect((await get(theirs.id)).status).toBe(200);
  });

  it("also when the store is away: at once nobody gets them, and the tidy deletes them", async () => {
    const person = await createPerson();
    const { id } = await keep(person);
    const pathname = await pathnameOf(id);
    await proxy.set("refuse");
    await transaction((tx) => deleteFilesOf(tx, person.userId));
    await deferredWork();
    expect(await db().mediaFile.findUniqueOrThrow({ where: { id } })).toMatchObject({
      ownerId: null,
      name: "",
    });
    await expect(tidyFiles()).rejects.toMatchObject({ code: "unavailable" });
    await proxy.set("pass");
    expect(await inStore(pathname)).toBe(true);
    expect((await get(id, person)).status).toBe(404);
    await tidyFiles();
    expect(await inStore(pathname)).toBe(false);
    expect(await db().mediaFile.findUnique({ where: { id } })).toBeNull();
  });

  it("a deletion that is rolled back has taken nothing", async () => {
    const { id } = await keep(owner);
    await expect(
      transaction(async (tx) => {
        await deleteFilesOf(tx, owner.userId);
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await deferredWork();
    expect((await get(id)).status).toBe(200);
  });

  it("an upload to an account that is gone by then leaves nothing", async () => {
    const person = await createPerson();
    await db().user.delete({ where: { id: person.userId } });
    const before = await everything();
    await expect(keep(person)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await everything()).toBe(before);
  });

  it("bytes that a crash left without a row go with the tidy, once no upload can still be at it", async () => {
    const { id } = await keep(owner);
    const folder = (days: number) =>
      `media/${new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)}/`;
    const orphans = [`${folder(0)}orphan-${newId()}`, `${folder(100)}orphan-${newId()}`];
    for (const orphan of orphans) await put(orphan, "x", { access: "private", token });
    expect((await tidyFiles()).orphans).toBe(0);
    for (const orphan of orphans) expect(await inStore(orphan)).toBe(true);
    // Two hours later.
    const restore = useClock({ now: () => Date.now() + 7_200_000 });
    try {
      expect((await tidyFiles()).orphans).toBe(2);
    } finally {
      restore();
    }
    for (const orphan of orphans) expect(await inStore(orphan)).toBe(false);
    expect((await get(id)).status).toBe(200);
  });

  it("a file that no message carries after a day goes, and one that a message carries stays", async () => {
    const person = await createPerson();
    const [fresh, old, sent] = [await keep(person), await keep(person), await keep(person)];
    const chat = await db().chat.create({ data: { id: newId(), kind: "group", title: "A group" } });
    const message = await db().chatMessage.create({
      data: {
        ...{ id: newId(), chatId: chat.id, clientId: newId(), authorId: person.userId },
        ...{ seq: 1, revision: 1, text: "" },
      },
    });
    await db().chatAttachment.create({ data: { messageId: message.id, fileId: sent.id, position: 1 } });
    await db().mediaFile.updateMany({
      where: { id: { in: [old.id, sent.id] } },
      data: { createdAt: new Date(Date.now() - DAY_MS - 60_000) },
    });
    const answer = await call(tidy, { headers: { authorization: `Bearer ${process.env.CRON_SECRET}` } });
    expect(answer.status).toBe(200);
    expect(answer.body.files.unused).toBeGreaterThanOrEqual(1);
    const status = async ({ id }: { id: string }) => (await get(id, person)).status;
    expect([await status(fresh), await status(old), await status(sent)]).toEqual([200, 404, 200]);
    expect(await db().mediaFile.findUnique({ where: { id: old.id } })).toBeNull();
  });
});

describe("the store is away", () => {
  it.each(["refuse", "hang", "error", "page", "limited"] as const)(
    "%s: 503 with when to ask again",
    async (mode) => {
      const { id } = await keep(owner);
      const count = await db().mediaFile.count();
      await proxy.set(mode);
      const startedAt = performance.now();
      const sent = await send("words");
      expect([sent.status, sent.body.error.code]).toEqual([503, "unavailable"]);
      expect(Number(sent.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(sent.body.error.message).toMatch(/store of files does not answer/);
      const got = await get(id);
      expect([got.status, Number(got.headers.get("retry-after")) > 0]).toEqual([503, true]);
      expect(performance.now() - startedAt).toBeLessThan(20_000);
      expect(await db().mediaFile.count()).toBe(count);
      await proxy.set("pass");
      expect((await get(id)).status).toBe(200);
    },
  );

  it("what the store has lost is 404, and never half a file", async () => {
    const { id } = await keep(owner);
    await put(await pathnameOf(id), "012", { access: "private", token, allowOverwrite: true });
    expect((await get(id)).status).toBe(404);
  });
});
