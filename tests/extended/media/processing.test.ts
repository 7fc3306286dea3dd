import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { DELETE as deleteFile } from "@/app/api/media/[id]/route";
import { GET as listFiles } from "@/app/api/media/uploads/route";
import { POST as publishPost } from "@/app/api/posts/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { getUpload } from "@/lib/media";
import { publishTrackChanged } from "@/lib/media/file-users";
import { getPost, listPosts } from "@/lib/posts";
import { backgroundTaskService } from "@/lib/tasks";
import { runTask } from "@/lib/tasks/run-task";
import { call } from "@/tests/support/clients/call";
import { downloadTestFile } from "@/tests/support/clients/media-requests";
import { png, pngClaimingSize } from "@/tests/support/factories/file-samples";
import { createPerson } from "@/tests/support/factories/people";
import { isInStore } from "@/tests/support/factories/stored-files";
import {
  enableTranscoding,
  gradient,
  markReady,
  processUpload,
  silentMp3,
  sineWav,
  upload,
  uploadAndProcess,
  withId3,
} from "@/tests/support/factories/uploads";

const GPS = "59,56N 30,18E";

let owner: Caller;
let stranger: Caller;
beforeAll(async () => {
  enableTranscoding();
  [owner, stranger] = await Promise.all([createPerson("artist"), createPerson("artist")]);
});

const bytesOf = (text: string) => new TextEncoder().encode(text);
const variantsOf = (fileId: string) =>
  db().mediaVariant.findMany({ where: { fileId }, orderBy: [{ width: "asc" }, { format: "asc" }] });
const fetchBytes = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
const publish = (as: Caller, body: object) =>
  call(publishPost, { as, body: { title: "A track", ...body }, headers: { "accept-language": "en" } });
const remove = (as: Caller, id: string) =>
  call(deleteFile, { as, method: "DELETE", params: { id }, headers: { "accept-language": "en" } });

describe("a cover", () => {
  it("becomes upright pictures without a place, in every size and for everybody", async () => {
    const photo = await gradient(700, 500)
      .withExif({ IFD0: { Copyright: GPS }, IFD3: { GPSLatitudeRef: "N" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const id = await upload(owner, "cover", photo, "Обложка.jpeg");
    expect(await processUpload(id)).toEqual({ outcome: "done" });

    const file = await getUpload(owner, id);
    expect(file).toMatchObject({ status: "ready", problem: null, name: "Обложка.jpeg", taskId: null });
    const sources = file.cover?.sources ?? [];
    expect(sources.map(({ type, width, height }) => [type, width, height])).toEqual(
      [
        [96, 134],
        [320, 448],
        [500, 700],
      ].flatMap((size) => [
        ["image/avif", ...size],
        ["image/webp", ...size],
      ]),
    );
    expect(file.cover?.placeholder).toMatch(/^data:image\/webp;base64,.{40,400}$/);
    for (const { url, width, height } of sources) {
      expect(url).not.toContain(id);
      const bytes = await fetchBytes(url);
      expect(bytes.includes("59,56N")).toBe(false);
      const { exif, orientation, ...size } = await sharp(bytes).metadata();
      expect([exif, orientation ?? 1, size.width, size.height]).toEqual([undefined, 1, width, height]);
    }
    // Red grows to the right in the original, and so to the bottom when it is turned.
    const { data, info } = await sharp(await fetchBytes(sources.at(-1)?.url ?? ""))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(Number(data.at(info.width * info.channels * (info.height - 1)))).toBeGreaterThan(200);
    expect(data[0]).toBeLessThan(50);
    const rows = await variantsOf(id);
    expect(rows.map(({ bytes }) => bytes)).toEqual(
      await Promise.all(sources.map(async ({ url }) => (await fetchBytes(url)).length)),
    );

    // Made again they have other names, and the former ones are gone.
    const taskId = await backgroundTaskService.processFile({ fileId: id, operation: "scan" });
    await runTask({ taskId, queue: "file-processing", messageId: null });
    await waitForDeferredWork();
    const remade = await variantsOf(id);
    expect(remade.map(({ sha256 }) => sha256)).toEqual(rows.map(({ sha256 }) => sha256));
    for (const { pathname } of rows) expect(await isInStore(pathname)).toBe(false);
    for (const { pathname } of remade) expect(await isInStore(pathname)).toBe(true);
    const listed = await call(listFiles, { as: owner, query: "?purpose=cover" });
    expect(listed.body.items.map((item: { id: string }) => item.id)).toContain(id);
  });
});

describe("a file that cannot be used", () => {
  it.each([
    ["cover", "an SVG", "wrong_type", () => bytesOf('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ["cover", "a sound", "wrong_type", () => sineWav()],
    [
      "cover",
      "a picture that was cut off",
      "damaged",
      () =>
        gradient(90, 90)
          .png()
          .toBuffer()
          .then((b) => b.subarray(0, 200)),
    ],
    ["cover", "a pixel bomb", "too_many_pixels", () => pngClaimingSize(30_000, 30_000)],
    ["audio", "a picture", "wrong_type", () => png],
    ["audio", "a text", "wrong_type", () => bytesOf("Words, not music. ".repeat(50))],
    ["audio", "a playlist", "wrong_type", () => bytesOf("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n")],
    ["audio", "half a second", "too_short", () => sineWav({ seconds: 0.5 })],
    ["audio", "more than two hours", "too_long", () => sineWav({ seconds: 7_300, sampleRate: 100 })],
  ] as const)("for %s: %s is refused as %s, and the task is done", async (purpose, _, problem, bytes) => {
    const id = await upload(owner, purpose, await bytes());
    expect(await processUpload(id)).toEqual({ outcome: "done" });
    expect(await getUpload(owner, id)).toMatchObject({ status: "refused", problem });
    expect(await variantsOf(id)).toEqual([]);
    const track = await db().track.findUnique({ where: { fileId: id } });
    expect(track).toEqual(
      purpose === "audio" ? expect.objectContaining({ status: "failed", problem }) : null,
    );
  });
});

describe("a sound", () => {
  it("is read for its tags, length and picture, and goes on to be transcoded", async () => {
    const picture = await gradient(200, 200).png().toBuffer();
    const tags = { title: "Снег\u0000 на\nНевском", artist: "Лето", bpm: 124, picture };
    const bytes = withId3(silentMp3(3), tags);
    const id = await uploadAndProcess(owner, "audio", bytes, "01 master");
    const file = await getUpload(owner, id);
    expect(file).toMatchObject({ status: "processing", name: "01 master.mp3" });
    expect(file.track).toMatchObject({ status: "processing", artist: "Лето", bpm: 124 });
    expect(file.track?.title).toMatch(/^Снег/);
    expect(file.track?.durationSeconds).toBeCloseTo(3, 0);
    const task = await db().task.findUniqueOrThrow({
      where: { queue_key: { queue: "audio-transcoding", key: id } },
    });
    expect(task).toMatchObject({ id: file.taskId, ownerId: owner.userId });
    expect(task.payload).toMatchObject({ fileId: id, formats: ["aac", "opus"] });

    const coverId = file.track?.embeddedCoverFileId ?? "";
    const cover = await getUpload(owner, coverId);
    expect(cover).toMatchObject({ purpose: "cover", status: "ready", bytes: picture.length });
    expect(cover.cover?.sources.map(({ width }) => width)).toEqual([96, 96, 200, 200]);
    expect(Buffer.from((await downloadTestFile(coverId, owner)).bytes)).toEqual(picture);
    const original = await downloadTestFile(id, owner);
    expect(Buffer.from(original.bytes)).toEqual(Buffer.from(bytes));
    expect((await downloadTestFile(id, stranger)).status).toBe(404);
    const row = await db().mediaFile.findUniqueOrThrow({ where: { id } });
    expect(row.sha256).toBe(
      Buffer.from(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))).toString("hex"),
    );
  });
});

describe("a post", () => {
  it("shows a sound that is processed later, to everybody, without being published again", async () => {
    const coverBytes = await gradient(100, 100).png().toBuffer();
    const [audioFileId, coverFileId] = [
      await upload(owner, "audio", sineWav()),
      await upload(owner, "cover", coverBytes),
    ];
    const { status, body } = await publish(owner, { audioFileId, coverFileId });
    expect(status, JSON.stringify(body)).toBe(201);
    const shown = async () => {
      const post = await getPost(body.post.id);
      const inFeed = (await listPosts()).items.find(({ id }) => id === body.post.id);
      expect(inFeed).toEqual(post);
      return post;
    };
    expect(await shown()).toMatchObject({
      track: { status: "processing", sources: [], coverUrls: [] },
      cover: { sources: [], placeholder: null },
    });
    await processUpload(coverFileId);
    expect((await shown())?.cover?.sources).toHaveLength(4);
    await processUpload(audioFileId);
    expect((await shown())?.track).toMatchObject({ status: "processing", durationSeconds: 2 });
    await markReady(audioFileId);
    await transaction((tx) => publishTrackChanged(tx, audioFileId, "ready"));
    expect((await shown())?.track).toMatchObject({ status: "ready" });
    // Used files stay, and a sound is in one post.
    for (const id of [audioFileId, coverFileId])
      expect((await remove(owner, id)).body.error?.message).toMatch(/needs this file/);
    const again = await publish(owner, { audioFileId });
    expect([again.status, again.body.error?.message]).toEqual([409, expect.stringMatching(/another post/)]);
  });

  it("says that its sound failed", async () => {
    const audioFileId = await upload(owner, "audio", bytesOf("words"));
    const { body } = await publish(owner, { audioFileId });
    await processUpload(audioFileId);
    expect((await getPost(body.post.id))?.track).toMatchObject({ status: "failed", problem: "wrong_type" });
  });

  it("is in one of two concurrent posts with one sound", async () => {
    const audioFileId = await upload(owner, "audio", sineWav());
    const answers = await Promise.all([publish(owner, { audioFileId }), publish(owner, { audioFileId })]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
  });

  it("takes no other user's file, none for another purpose, and none that was refused or is under way", async () => {
    const cover = await upload(owner, "cover", png);
    const row = await db().mediaFile.findUniqueOrThrow({ where: { id: cover } });
    const copy = (data: object) =>
      db().mediaFile.create({
        data: { ...row, ...data, id: newId(), pathname: newId() },
        select: { id: true },
      });
    const [uploading, refused] = [await copy({ status: "uploading" }), await copy({ status: "refused" })];
    const results = [
      await publish(owner, { coverFileId: newId() }),
      await publish(stranger, { coverFileId: cover }),
      await publish(owner, { audioFileId: cover }),
      await publish(owner, { coverFileId: uploading.id }),
      await publish(owner, { coverFileId: refused.id }),
    ];
    expect(results.map(({ status }) => status)).toEqual([404, 404, 400, 409, 409]);
    expect(results[2]?.body.error.details[0].path).toBe("audioFileId");
  });
});

describe("DELETE /api/media/{id}", () => {
  it("deletes an unused upload with its variants and the cover within it", async () => {
    const picture = await gradient(50, 50).png().toBuffer();
    const tags = { title: "a", artist: "b", bpm: 100, picture };
    const id = await uploadAndProcess(owner, "audio", withId3(silentMp3(2), tags));
    const coverId = (await getUpload(owner, id)).track?.embeddedCoverFileId ?? "";
    const { pathname } = await db().mediaFile.findUniqueOrThrow({ where: { id } });
    const variants = (await variantsOf(coverId)).map((variant) => variant.pathname);
    expect(variants.length).toBeGreaterThan(0);
    expect((await remove(stranger, id)).status).toBe(404);
    expect((await remove(owner, id)).body).toEqual({ deleted: true });
    await waitForDeferredWork();
    for (const path of [pathname, `${pathname}-cover`, ...variants])
      expect(await isInStore(path)).toBe(false);
    expect(await db().mediaFile.count({ where: { id: { in: [id, coverId] } } })).toBe(0);
    expect((await remove(owner, id)).status).toBe(404);
  });
});
