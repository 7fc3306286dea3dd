import { head, list, put } from "@vercel/blob";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as tidy } from "@/app/api/cron/tidy/route";
import { DELETE as deleteMe } from "@/app/api/me/route";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { readFile, tidyFiles } from "@/lib/media";
import { call } from "@/tests/support/clients/call";
import { expectStoreUnavailable } from "@/tests/support/clients/expect-store-unavailable";
import { downloadTestFile, uploadTestFile } from "@/tests/support/clients/media-requests";
import { TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { finishErasure } from "@/tests/support/factories/erasures";
import { png, samples } from "@/tests/support/factories/file-samples";
import { createNamedUser } from "@/tests/support/factories/full-account";
import { createPerson } from "@/tests/support/factories/people";
import { filePathname, isInStore, storeTestFile } from "@/tests/support/factories/stored-files";
import { startStoreProxy } from "@/tests/support/proxies/store-proxy";

const KILOBYTE = 1_024;
const LIMIT = 4 * KILOBYTE * KILOBYTE;
const DAY_MS = 86_400_000;

// Set before anything reads the environment.
const proxy = await startStoreProxy();
// The SDK retries for this time.
process.env.BLOB_TIMEOUT_MS = "2000";
const token = process.env.BLOB_READ_WRITE_TOKEN ?? "";

let owner: Caller;
let stranger: Caller;
beforeAll(async () => {
  [owner, stranger] = await Promise.all([createPerson(), createPerson()]);
});
afterAll(() => proxy.close());

const send = (body: BodyInit, how: Parameters<typeof uploadTestFile>[2] = {}, as = owner) =>
  uploadTestFile(as, body, how);
const get = (id: string, as: Caller | null = owner, headers: Record<string, string> = {}) =>
  downloadTestFile(id, as, headers);
const storedCount = async () => (await list({ token, prefix: "media/" })).blobs.length;

describe("POST and GET /api/media", () => {
  it.each(Object.entries(samples))("stores %s and returns it unchanged", async (_, sample) => {
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
    const disposition = /^(image|audio)/.test(type) ? "inline" : "attachment";
    expect(Object.fromEntries(got.headers)).toMatchObject({
      "content-type": type === "text/plain" ? "text/plain; charset=utf-8" : type,
      "content-length": String(bytes.length),
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "cache-control": expect.stringMatching(/^private, /),
      "content-disposition": expect.stringMatching(
        new RegExp(`^${disposition}; filename="___ ____\\.\\w+"; filename\\*=UTF-8''%D0%9C`),
      ),
    });
  });

  it("rejects other files with 415 and stores nothing", async () => {
    const before = await storedCount();
    for (const body of ["<svg onload=alert(1)>", "<!doctype html>", "MZ\0\0", "PK\x03\x04"]) {
      const { status, body: answer } = await send(body, { name: "a.png", type: "image/png" });
      expect([status, answer.error.code]).toEqual([415, "unsupported_media_type"]);
      expect(answer.error.message).toMatch(/Pictures, sounds/);
    }
    expect((await send(png.slice(0, 20), { type: "image/png" })).status).toBe(415);
    expect((await send("", {})).status).toBe(400);
    expect(await storedCount()).toBe(before);
  });

  it("rejects an undecodable name with 400, and replaces an empty one", async () => {
    const wrong = await send("words", { headers: { "x-file-name": "%E0%A4%A" } });
    expect([wrong.status, wrong.body.error.details[0].path]).toEqual([400, "x-file-name"]);
    expect((await send("words", { headers: { "x-file-name": "" } })).body.file.name).toBe("file.txt");
  });

  it("accepts up to 4 MB, whatever content length is claimed", async () => {
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

  it("rejects an aborted body with 400 and stores nothing", async () => {
    const before = await storedCount();
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error("gone"));
      },
    });
    expect((await send(broken)).status).toBe(400);
    expect(await storedCount()).toBe(before);
  });

  it("hides a file from users without access, and returns it to a reader with access", async () => {
    const { id } = await storeTestFile(owner);
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

  it("serves no file at the store's own URL", async () => {
    const { id } = await storeTestFile(owner);
    const { url } = await head(await filePathname(id), { token });
    expect((await fetch(url)).status).toBe(403);
  });
});

describe("the quota", () => {
  const rows = (ownerId: string, count: number, bytes: number) =>
    db().mediaFile.createMany({
      data: Array.from({ length: count }, () => ({
        ...{ id: newId(), ownerId, name: "a.txt", type: "text/plain", bytes, pathname: `test/${newId()}` },
      })),
    });

  it("is 200 files, also for concurrent uploads, and a rejected one leaves no bytes", async () => {
    const person = await createPerson();
    await rows(person.userId, 197, 1);
    const before = await storedCount();
    const responses = await Promise.all(Array.from({ length: 6 }, (_, n) => send(`no. ${n}`, {}, person)));
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409]);
    const rejected = responses.find(({ status }) => status === 409)?.body.error;
    expect(rejected).toMatchObject({ code: "conflict", message: expect.stringMatching(/200 files/) });
    expect(await db().mediaFile.count({ where: { ownerId: person.userId } })).toBe(200);
    expect(await storedCount()).toBe(before + 3);
  });

  it("is 200 MB", async () => {
    const person = await createPerson();
    await rows(person.userId, 50, LIMIT);
    await db().mediaFile.updateMany({ where: { ownerId: person.userId }, data: { bytes: LIMIT - 1 } });
    expect((await send("x".repeat(50), {}, person)).status).toBe(201);
    const full = await send("x", {}, person);
    expect([full.status, full.body.error.message]).toEqual([409, expect.stringMatching(/200 MB/)]);
  });
});

describe("stored files", () => {
  it("are deleted with their account, including the bytes", async () => {
    const person = await createNamedUser("listener");
    const [mine, theirs] = [await storeTestFile(person), await storeTestFile(owner)];
    const pathname = await filePathname(mine.id);
    const answer = await call(deleteMe, { method: "DELETE", as: person, body: { password: TEST_PASSWORD } });
    expect(answer.status).toBe(200);
    await finishErasure(person.userId);
    await waitForDeferredWork();
    expect(await isInStore(pathname)).toBe(false);
    expect(await db().mediaFile.findUnique({ where: { id: mine.id } })).toBeNull();
    expect((await get(theirs.id)).status).toBe(200);
  });

  it("are not created for an account that was erased meanwhile", async () => {
    const person = await createPerson();
    await db().user.delete({ where: { id: person.userId } });
    const before = await storedCount();
    await expect(storeTestFile(person)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await storedCount()).toBe(before);
  });

  it("without a row, left by a crash, are swept once no upload can be in progress", async () => {
    const { id } = await storeTestFile(owner);
    const folder = (days: number) =>
      `media/${new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)}/`;
    const orphans = [`${folder(0)}orphan-${newId()}`, `${folder(100)}orphan-${newId()}`];
    const tidyLater = async () => {
      const restore = setClock({ now: () => Date.now() + 7_200_000 });
      try {
        return await tidyFiles();
      } finally {
        restore();
      }
    };
    // Test files of one worker share its store, and some leave bytes without a row.
    await tidyLater();
    for (const orphan of orphans) await put(orphan, "x", { access: "private", token });
    expect((await tidyFiles()).orphans).toBe(0);
    for (const orphan of orphans) expect(await isInStore(orphan)).toBe(true);
    // Two hours later the sweep may delete them.
    expect((await tidyLater()).orphans).toBe(2);
    for (const orphan of orphans) expect(await isInStore(orphan)).toBe(false);
    expect((await get(id)).status).toBe(200);
  });

  it("without a message are swept after a day, and those of a message stay", async () => {
    const person = await createPerson();
    const [fresh, old, sent] = [
      await storeTestFile(person),
      await storeTestFile(person),
      await storeTestFile(person),
    ];
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

describe("with the store down", () => {
  it.each(["refuse"] as const)("%s: responds 503 with Retry-After", (mode) =>
    expectStoreUnavailable(proxy, owner, mode),
  );

  it("a lost or truncated file is 404, never partial", async () => {
    const { id } = await storeTestFile(owner);
    await put(await filePathname(id), "012", { access: "private", token, allowOverwrite: true });
    expect((await get(id)).status).toBe(404);
  });
});
