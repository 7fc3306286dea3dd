import { head, list, put } from "@vercel/blob";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as tidy } from "@/app/api/cron/tidy/route";
import { DELETE as deleteMe } from "@/app/api/me/route";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { deleteAccountFiles, readFile, tidyFiles } from "@/lib/media";
import { call } from "@/tests/support/clients/call";
import { expectStoreUnavailable } from "@/tests/support/clients/expect-store-unavailable";
import { downloadTestFile, uploadTestFile } from "@/tests/support/clients/media-requests";
import { TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { png, samples } from "@/tests/support/factories/file-samples";
import { createNamedUser } from "@/tests/support/factories/full-account";
import { createPerson } from "@/tests/support/factories/people";
import { filePathname, isInStore, storeTestFile } from "@/tests/support/factories/stored-files";
import { startStoreProxy } from "@/tests/support/proxies/store-proxy";

const KILOBYTE = 1_024;
const LIMIT = 4 * KILOBYTE * KILOBYTE;
const DAY_MS = 86_400_000;

// Before anything reads the environment.
const proxy = await startStoreProxy();
// The SDK tries again until then.
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

  it("nobody reads it at the store's own address", async () => {
    const { id } = await storeTestFile(owner);
    const { url } = await head(await filePathname(id), { token });
    expect((await fetch(url)).status).toBe(403);
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
    const person = await createNamedUser("listener");
    const [mine, theirs] = [await storeTestFile(person), await storeTestFile(owner)];
    const pathname = await filePathname(mine.id);
    const answer = await call(deleteMe, { method: "DELETE", as: person, body: { password: TEST_PASSWORD } });
    expect(answer.status).toBe(200);
    await waitForDeferredWork();
    expect(await isInStore(pathname)).toBe(false);
    expect(await db().mediaFile.findUnique({ where: { id: mine.id } })).toBeNull();
    expect((await get(theirs.id)).status).toBe(200);
  });

  it("a deletion that is rolled back has taken nothing", async () => {
    const { id } = await storeTestFile(owner);
    await expect(
      transaction(async (tx) => {
        await deleteAccountFiles(tx, owner.userId);
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await waitForDeferredWork();
    expect((await get(id)).status).toBe(200);
  });

  it("an upload to an account that is gone by then leaves nothing", async () => {
    const person = await createPerson();
    await db().user.delete({ where: { id: person.userId } });
    const before = await everything();
    await expect(storeTestFile(person)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await everything()).toBe(before);
  });

  it("bytes that a crash left without a row go with the tidy, once no upload can still be at it", async () => {
    const { id } = await storeTestFile(owner);
    const folder = (days: number) =>
      `media/${new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)}/`;
    const orphans = [`${folder(0)}orphan-${newId()}`, `${folder(100)}orphan-${newId()}`];
    for (const orphan of orphans) await put(orphan, "x", { access: "private", token });
    expect((await tidyFiles()).orphans).toBe(0);
    for (const orphan of orphans) expect(await isInStore(orphan)).toBe(true);
    // Two hours later.
    const restore = setClock({ now: () => Date.now() + 7_200_000 });
    try {
      expect((await tidyFiles()).orphans).toBe(2);
    } finally {
      restore();
    }
    for (const orphan of orphans) expect(await isInStore(orphan)).toBe(false);
    expect((await get(id)).status).toBe(200);
  });

  it("a file that no message carries after a day goes, and one that a message carries stays", async () => {
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

describe("the store is away", () => {
  it.each(["refuse"] as const)("%s: 503 with when to ask again", (mode) =>
    expectStoreUnavailable(proxy, owner, mode),
  );

  it("what the store has lost is 404, and never half a file", async () => {
    const { id } = await storeTestFile(owner);
    await put(await filePathname(id), "012", { access: "private", token, allowOverwrite: true });
    expect((await get(id)).status).toBe(404);
  });
});
