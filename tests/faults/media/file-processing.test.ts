import { list } from "@vercel/blob";
import { beforeAll, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import type { Failpoint } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { deleteUpload, requireUsableUploads, tidyFiles } from "@/lib/media";
import { deleteOwnerlessFiles } from "@/lib/media/delete-files";
import { createPost, getPost } from "@/lib/posts";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import {
  enableTranscoding,
  gradient,
  processUpload,
  silentMp3,
  upload,
  uploadAndProcess,
  withId3,
} from "@/tests/support/factories/uploads";
import { startChild } from "@/tests/support/processes/children";
import type { MediaWork } from "@/tests/support/processes/media-process";
import { type FailpointScenario, testFailpoints } from "@/tests/support/processes/test-failpoints";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const token = process.env.BLOB_READ_WRITE_TOKEN ?? "";
let author: Caller;
/** What earlier files have left in this worker's stores. */
let foreign: Set<string>;
beforeAll(async () => {
  enableTranscoding();
  author = await createPerson("artist");
  foreign = new Set(await compareStores());
});

const crashDuring = (work: MediaWork) => (failpoint: Failpoint) =>
  startChild("media-process.ts", [JSON.stringify(work)], { FAILPOINT: failpoint }).ended;

/** Ends the lease that a dead process has left, and lets QStash deliver until the task is done. */
async function finishProcessing(fileId: string): Promise<void> {
  await db().task.updateMany({
    where: { queue: "file-processing", key: fileId, state: { notIn: ["done", "dead"] } },
    data: { leaseUntil: null },
  });
  await processUpload(fileId);
  // What earlier attempts have stored is deleted then.
  await waitForDeferredWork();
}

const storeViolations = async () => (await compareStores()).filter((difference) => !foreign.has(difference));

/** What is in the stores and named by no row, and what a row names and is not there. */
async function compareStores(): Promise<string[]> {
  const stored = new Set<string>();
  for (const prefix of ["media/", "variants/"]) {
    let cursor: string | undefined;
    do {
      const page = await list({ token, prefix, cursor });
      for (const { pathname } of page.blobs) stored.add(pathname);
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  const [files, variants] = await Promise.all([
    db().mediaFile.findMany({ where: { status: { not: "uploading" } }, select: { pathname: true } }),
    db().mediaVariant.findMany({ select: { pathname: true } }),
  ]);
  const named = new Set([...files, ...variants].map(({ pathname }) => pathname));
  return [
    ...[...stored].filter((pathname) => !named.has(pathname)).map((pathname) => `orphan ${pathname}`),
    ...[...named].filter((pathname) => !stored.has(pathname)).map((pathname) => `lost ${pathname}`),
  ];
}

/** Hours later nothing that an interrupted run has left may stay. */
async function tidyLater(): Promise<void> {
  const restore = setClock({ now: () => Date.now() + 7_200_000 });
  try {
    await tidyFiles();
  } finally {
    restore();
  }
}

/** A sound with a picture, which is in a post already: its tags, its cover and the next task come once. */
async function soundScenario(): Promise<FailpointScenario> {
  const picture = await gradient(150, 150).png().toBuffer();
  const tags = { title: "Once", artist: "b", bpm: 100, picture };
  const fileId = await upload(author, "audio", withId3(silentMp3(2), tags));
  const input = { title: "A track", text: "", tags: [], audioFileId: fileId, coverFileId: null };
  const post = await createPost(author, input, newId());
  await getPost(post.id);
  const countCovers = () => db().mediaFile.count({ where: { ownerId: author.userId, purpose: "cover" } });
  const coversBefore = await countCovers();
  return {
    act: () => processUpload(fileId),
    actConcurrently: () => processUpload(fileId),
    crashAt: crashDuring({ do: "process", fileId }),
    settle: async () => {
      await waitForDeferredWork();
      await finishProcessing(fileId);
    },
    violations: async () => {
      const found = await storeViolations();
      const file = await db().mediaFile.findUniqueOrThrow({
        where: { id: fileId },
        include: { track: { include: { embeddedCover: { include: { variants: true } } } } },
      });
      const next = await db().task.count({ where: { queue: "audio-transcoding", key: fileId } });
      if (next !== 1) found.push(`${next} tasks to transcode it`);
      if (file.track?.title !== "Once" || file.sha256 === null) found.push("the sound was not examined");
      const pictures = file.track?.embeddedCover?.variants.length ?? 0;
      if (pictures !== 4) found.push(`${pictures} pictures`);
      const covers = (await countCovers()) - coversBefore;
      if (covers !== 1) found.push(`${covers} covers`);
      // It is offered to its owner, and not used by itself.
      const shown = (await getPost(post.id))?.track?.coverUrls.length;
      if (shown !== 0) found.push(`the post shows ${shown} pictures`);
      return found;
    },
  };
}

/** The author deletes a cover while it is being examined: neither rows nor bytes stay. */
async function deletedScenario(): Promise<FailpointScenario> {
  const fileId = await upload(author, "cover", await gradient(100, 60).png().toBuffer());
  const disown = () =>
    db().mediaFile.updateMany({ where: { id: fileId }, data: { ownerId: null, name: "" } });
  return {
    act: async () => {
      await processUpload(fileId);
      await disown();
    },
    actConcurrently: async () => {
      await disown();
      await deleteOwnerlessFiles();
    },
    crashAt: crashDuring({ do: "process", fileId }),
    settle: async () => {
      await waitForDeferredWork();
      await finishProcessing(fileId);
      await disown();
      await deleteOwnerlessFiles();
      await tidyLater();
    },
    violations: async () => [
      ...(await storeViolations()),
      ...((await db().mediaFile.count({ where: { id: fileId } })) === 0 ? [] : ["the row is left"]),
    ],
  };
}

/** Bytes are deleted before the rows that name them. */
async function deletionScenario(): Promise<FailpointScenario> {
  const fileId = await uploadAndProcess(author, "cover", await gradient(100, 60).png().toBuffer());
  await db().mediaFile.update({ where: { id: fileId }, data: { ownerId: null } });
  return {
    act: deleteOwnerlessFiles,
    actConcurrently: deleteOwnerlessFiles,
    crashAt: crashDuring({ do: "delete" }),
    settle: async () => {
      await deleteOwnerlessFiles();
    },
    violations: async () => [
      ...(await storeViolations()),
      ...((await db().mediaFile.count({ where: { id: fileId } })) === 0 ? [] : ["the row is left"]),
    ],
  };
}

it("a post takes the cover within a sound while the sound is deleted: the cover stays", async () => {
  const picture = await gradient(50, 50).png().toBuffer();
  const tags = { title: "a", artist: "b", bpm: 100, picture };
  const fileId = await uploadAndProcess(author, "audio", withId3(silentMp3(2), tags));
  const { embeddedCoverId } = await db().track.findUniqueOrThrow({ where: { fileId } });
  let commit = () => {};
  const mayCommit = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let isTaken = false;
  const postId = newId();
  const post = transaction(async (tx) => {
    await requireUsableUploads(tx, author, { audioFileId: null, coverFileId: embeddedCoverId });
    await tx.post.create({
      data: {
        ...{ id: postId, authorId: author.userId, title: "A post", text: "", tags: [] },
        coverFileId: embeddedCoverId,
      },
    });
    isTaken = true;
    await mayCommit;
  });
  await waitUntil("the post has the cover", () => isTaken);
  const deletion = deleteUpload(author, fileId);
  await waitUntil("the deletion waits", async () => {
    const [row] = await db().$queryRaw<{ waiting: number }[]>`
SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted`;
    return (row?.waiting ?? 0) > 0;
  });
  commit();
  await Promise.all([post, deletion]);
  await waitForDeferredWork();
  const cover = await db().mediaFile.findUnique({ where: { id: embeddedCoverId ?? "" } });
  expect(cover?.ownerId).toBe(author.userId);
  // The scenarios look at the whole store.
  await db().post.delete({ where: { id: postId } });
  await deleteUpload(author, embeddedCoverId ?? "");
  await waitForDeferredWork();
});

testFailpoints<
  | "tasks.claimed"
  | "media.variant.stored"
  | "media.examined"
  | "tasks.prepared"
  | "tasks.completing"
  | "tasks.completed"
  | "media.bytes.deleted"
>({
  "tasks.claimed": soundScenario,
  "media.variant.stored": soundScenario,
  "media.examined": soundScenario,
  "tasks.prepared": soundScenario,
  "tasks.completing": soundScenario,
  "tasks.completed": soundScenario,
  "media.bytes.deleted": deletionScenario,
});

testFailpoints<"media.variant.stored" | "media.examined">({
  "media.variant.stored": deletedScenario,
  "media.examined": deletedScenario,
});
