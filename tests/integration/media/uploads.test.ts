import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { DELETE as deleteFile } from "@/app/api/media/[id]/route";
import { GET as readStatus } from "@/app/api/media/[id]/status/route";
import { POST as callBack } from "@/app/api/media/upload/completed/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { isInStore } from "@/tests/support/factories/stored-files";
import {
  enableTranscoding,
  gradient,
  putBytes,
  reportUploaded,
  requestUpload,
  sineWav,
} from "@/tests/support/factories/uploads";
import { serveApp } from "@/tests/support/processes/app-server";

const token = process.env.BLOB_READ_WRITE_TOKEN ?? "";

let owner: Caller;
let stranger: Caller;
beforeAll(async () => {
  enableTranscoding();
  [owner, stranger] = await Promise.all([createPerson("artist"), createPerson("artist")]);
});

const status = async (id: string, as = owner) => {
  const { status, body } = await call(readStatus, { as, params: { id } });
  return { status, file: body.file };
};
const storeCalls = (body: object, signature?: string) => {
  const text = JSON.stringify(body);
  const signed = signature ?? createHmac("sha256", token).update(text).digest("hex");
  return call(callBack, { method: "POST", body: text, headers: { "x-vercel-signature": signed } });
};
const completed = (pathname: string, tokenPayload: string) => ({
  type: "blob.upload-completed",
  payload: { blob: { pathname, url: `http://localhost/${pathname}` }, tokenPayload },
});
describe("an upload", () => {
  it("goes from a token to the store, and is examined once, however often it is reported", async () => {
    const bytes = sineWav();
    const started = await requestUpload(owner, "audio", { name: "../Моё лето.WAV", bytes: bytes.length });
    expect(started.status, JSON.stringify(started.body)).toBe(201);
    const { file, upload: grant } = started.body;
    expect(file).toMatchObject({
      ...{ purpose: "audio", status: "uploading", problem: null, name: "Моё лето.WAV", bytes: bytes.length },
      ...{ track: null, cover: null, taskId: null, progress: null },
    });
    expect(grant).toMatchObject({ multipart: false, pathname: expect.stringContaining(file.id) });
    const early = await reportUploaded(owner, file.id);
    expect([early.status, early.body.error.code]).toEqual([409, "conflict"]);

    await putBytes(grant, bytes);
    // What was examined cannot be exchanged.
    await expect(putBytes(grant, bytes)).rejects.toThrow(/already exists/);
    const reports = await Promise.all([
      reportUploaded(owner, file.id),
      storeCalls(completed(grant.pathname, file.id)),
      reportUploaded(owner, file.id),
    ]);
    expect(reports.map((report) => report.status)).toEqual([200, 200, 200]);
    const tasks = await db().task.findMany({ where: { queue: "file-processing", key: file.id } });
    expect(tasks).toMatchObject([
      { ownerId: owner.userId, payload: { fileId: file.id, operation: "metadata" } },
    ]);
    expect((await status(file.id)).file).toMatchObject({ status: "processing", taskId: tasks[0]?.id });
    expect((await status(file.id, stranger)).status).toBe(404);
    expect((await reportUploaded(stranger, file.id)).status).toBe(404);
  });

  it("takes no more and no other bytes than were announced", async () => {
    const { body } = await requestUpload(owner, "cover", { bytes: 100 });
    await expect(putBytes(body.upload, new Uint8Array(101))).rejects.toThrow();
    await putBytes(body.upload, new Uint8Array(60));
    const report = await reportUploaded(owner, body.file.id);
    expect(report.body.file).toMatchObject({ status: "refused", problem: "incomplete" });
  });

  it("is one for all requests with the same key", async () => {
    const key = newId();
    const [first, again, other] = [
      await requestUpload(owner, "cover", { key }),
      await requestUpload(owner, "cover", { key }),
      await requestUpload(owner, "cover", { key, bytes: 2 }),
    ];
    expect([first.status, again.status, other.status]).toEqual([201, 201, 409]);
    expect(again.body.file.id).toBe(first.body.file.id);
    expect(again.body.upload.pathname).toBe(first.body.upload.pathname);
  });

  it("gets a new token for a day, until the tidy may take it", async () => {
    const key = newId();
    const { body } = await requestUpload(owner, "cover", { key });
    const begun = (hours: number) =>
      db().mediaFile.update({
        where: { id: body.file.id },
        data: { createdAt: new Date(Date.now() - hours * 3_600_000) },
      });
    await begun(23);
    expect((await requestUpload(owner, "cover", { key })).status).toBe(201);
    await begun(25);
    expect((await requestUpload(owner, "cover", { key })).status).toBe(404);
  });

  it("is refused before any byte is sent: too large, or empty", async () => {
    const tooLarge = await requestUpload(owner, "cover", { bytes: 20 * 1024 * 1024 + 1 });
    expect([tooLarge.status, tooLarge.body.error.details[0].path]).toEqual([400, "bytes"]);
    expect((await requestUpload(owner, "audio", { bytes: 500 * 1024 * 1024 + 1 })).status).toBe(400);
    expect((await requestUpload(owner, "audio", { bytes: 0 })).status).toBe(400);
  });

  it("has a quota of its own, which counts uploads that are under way", async () => {
    const person = await createPerson("artist");
    const row = (bytes: number) => ({
      ...{ id: newId(), ownerId: person.userId, name: "a", type: "audio/wav", bytes },
      ...{ pathname: `test/${newId()}`, purpose: "audio" as const, status: "uploading" as const },
    });
    await db().mediaFile.createMany({ data: Array.from({ length: 498 }, () => row(1)) });
    const answers = await Promise.all(Array.from({ length: 4 }, () => requestUpload(person, "audio")));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 201, 409, 409]);
    await db().mediaFile.deleteMany({ where: { ownerId: person.userId } });
    await db().mediaFile.createMany({ data: Array.from({ length: 10 }, () => row(1024 ** 3)) });
    const full = await requestUpload(person, "audio");
    expect([full.status, full.body.error.message]).toEqual([409, expect.stringMatching(/10 GB/)]);
  });

  it("that is cancelled is gone for its owner, and counts until its bytes can no longer arrive", async () => {
    const person = await createPerson("artist");
    const remove = (id: string) => call(deleteFile, { as: person, method: "DELETE", params: { id } });
    const key = newId();
    const { file, upload: grant } = (await requestUpload(person, "audio", { bytes: 10, key })).body;
    expect((await remove(file.id)).status).toBe(200);
    expect([(await status(file.id, person)).status, (await remove(file.id)).status]).toEqual([404, 404]);
    expect((await requestUpload(person, "audio", { bytes: 10, key })).status).toBe(404);
    await putBytes(grant, new Uint8Array(10));
    expect((await storeCalls(completed(grant.pathname, file.id))).status).toBe(200);
    const row = await db().mediaFile.findUniqueOrThrow({ where: { id: file.id } });
    expect(row).toMatchObject({ ownerId: person.userId, status: "uploading", name: "" });

    const { id: _, ...cancelled } = row;
    const copies = (count: number, bytes: number) =>
      db().mediaFile.createMany({
        data: Array.from({ length: count }, () => ({ ...cancelled, bytes, id: newId(), pathname: newId() })),
      });
    // A few of them are free.
    await copies(1, 1024 ** 3 - 10);
    expect((await requestUpload(person, "audio", { bytes: 10 })).status).toBe(201);
    await copies(10, 1024 ** 3);
    const full = await requestUpload(person, "audio", { bytes: 10 });
    expect([full.status, full.body.error?.message]).toEqual([409, expect.stringMatching(/10 GB/)]);
    await db().mediaFile.updateMany({
      where: { ownerId: person.userId, cancelledAt: { not: null } },
      data: { cancelledAt: new Date(Date.now() - 3 * 3_600_000) },
    });
    expect((await requestUpload(person, "audio", { bytes: 10 })).status).toBe(201);
    await waitForDeferredWork();
    expect(await isInStore(grant.pathname)).toBe(false);
    expect(await db().mediaFile.findUnique({ where: { id: file.id } })).toBeNull();
  });

  it("that is deleted soon after it arrived counts on, since its token can send the bytes again", async () => {
    const person = await createPerson("artist");
    const key = newId();
    const { file, upload: grant } = (await requestUpload(person, "cover", { bytes: 10, key })).body;
    await putBytes(grant, new Uint8Array(10));
    expect((await reportUploaded(person, file.id)).status).toBe(200);
    const again = (await requestUpload(person, "cover", { bytes: 10, key })).body.upload;
    await call(deleteFile, { as: person, method: "DELETE", params: { id: file.id } });
    await waitForDeferredWork();
    expect(await isInStore(grant.pathname)).toBe(false);
    await expect(putBytes(again, new Uint8Array(10))).rejects.toThrow();
    await putBytes(grant, new Uint8Array(10));
    const rows = await db().mediaFile.findMany({ where: { ownerId: person.userId } });
    expect(rows).toMatchObject([{ pathname: grant.pathname, bytes: 10, cancelledAt: expect.any(Date) }]);
    expect(rows[0]?.id).not.toBe(file.id);
  });

  it("is reported by the store alone: a wrong signature, another pathname or body changes nothing", async () => {
    const { body } = await requestUpload(owner, "cover", { bytes: 10 });
    const { file, upload: grant } = body;
    await putBytes(grant, new Uint8Array(10));
    const report = completed(grant.pathname, file.id);
    for (const signature of ["", "0", "00".repeat(32)])
      expect((await storeCalls(report, signature)).status).toBe(401);
    expect((await storeCalls({ ...report, type: "blob.generate-client-token" })).status).toBe(400);
    expect((await storeCalls(completed("media/other", file.id))).status).toBe(200);
    expect((await storeCalls(completed(grant.pathname, newId()))).status).toBe(200);
    expect((await status(file.id)).file.status).toBe("uploading");
    expect((await storeCalls(report)).status).toBe(200);
    expect((await status(file.id)).file.status).toBe("processing");
  });
});

describe("the store's call and QStash", () => {
  it("lead from the last byte to a cover that pages show, without the browser that sent it", async () => {
    const app = await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
    try {
      const bytes = await gradient(120, 80).webp().toBuffer();
      const { body } = await requestUpload(owner, "cover", { bytes: bytes.length });
      await putBytes(body.upload, bytes);
      await waitUntil("the cover is ready", async () => (await status(body.file.id)).file.status === "ready");
      expect((await status(body.file.id)).file.cover.sources).toHaveLength(4);
    } finally {
      await app.close();
    }
  });
});
