import { beforeAll, describe, expect, it } from "vitest";
import { PATCH as changePost } from "@/app/api/posts/[id]/route";
import { POST as publishPost } from "@/app/api/posts/route";
import { DELETE as cancelTask } from "@/app/api/tasks/[id]/route";
import type { Caller } from "@/lib/core/access-token";
import { db, transaction } from "@/lib/db";
import { getUpload, tidyFiles } from "@/lib/media";
import { getPost } from "@/lib/posts";
import { backgroundTaskService, NonRetryableTaskError, reviveDeadTask, sweepTasks } from "@/lib/tasks";
import type { RenditionFormat } from "@/lib/tasks/queues/audio-transcoding";
import { loadHandler, replaceHandler } from "@/lib/tasks/registry";
import { runTask } from "@/lib/tasks/run-task";
import { call } from "@/tests/support/clients/call";
import { png } from "@/tests/support/factories/file-samples";
import { createPerson } from "@/tests/support/factories/people";
import {
  enableTranscoding,
  endlessOgg,
  markReady,
  processUpload,
  sineWav,
  upload,
  uploadAndProcess,
} from "@/tests/support/factories/uploads";

let owner: Caller;
beforeAll(async () => {
  enableTranscoding();
  owner = await createPerson("artist");
});

const publish = (as: Caller, body: object) =>
  call(publishPost, { as, body: { title: "A track", ...body }, headers: { "accept-language": "en" } });

const taskOf = (queue: "file-processing" | "audio-transcoding", fileId: string) =>
  db().task.findUniqueOrThrow({ where: { queue_key: { queue, key: fileId } } });
const cancel = (as: Caller, id: string) => call(cancelTask, { as, method: "DELETE", params: { id } });
const trackOf = async (postId: string) => {
  const track = (await getPost(postId))?.track;
  return [track?.status, track?.problem];
};
const interrupted = { status: "refused", problem: "interrupted" };

describe("a file whose task ends without a result", () => {
  it("is refused when its owner cancels the task: no post takes it, and its own gets another sound", async () => {
    const [sound, cover] = [await upload(owner, "audio", sineWav()), await upload(owner, "cover", png)];
    const { body } = await publish(owner, { audioFileId: sound });
    expect(await trackOf(body.post.id)).toEqual(["processing", null]);
    for (const id of [sound, cover]) {
      const { id: taskId } = await taskOf("file-processing", id);
      expect((await cancel(owner, taskId)).status).toBe(200);
      expect(await getUpload(owner, id)).toMatchObject(interrupted);
    }
    expect(await trackOf(body.post.id)).toEqual(["failed", "interrupted"]);
    expect((await publish(owner, { coverFileId: cover })).status).toBe(409);
    const next = await upload(owner, "audio", sineWav());
    const params = { id: body.post.id };
    const replaced = await call(changePost, {
      ...{ as: owner, method: "PATCH", params },
      body: { audioFileId: next },
    });
    expect(replaced.status).toBe(200);
  });

  it("is refused when the task is late, and is processed after all when it is replayed", async () => {
    const [sound, cover] = [await upload(owner, "audio", sineWav()), await upload(owner, "cover", png)];
    const { body } = await publish(owner, { audioFileId: sound });
    await db().task.updateMany({
      where: { queue: "file-processing", key: { in: [sound, cover] } },
      data: { deadlineAt: new Date(Date.now() - 1_000) },
    });
    await sweepTasks();
    for (const id of [sound, cover]) expect(await getUpload(owner, id)).toMatchObject(interrupted);
    expect(await trackOf(body.post.id)).toEqual(["failed", "interrupted"]);

    for (const id of [sound, cover]) {
      const task = await taskOf("file-processing", id);
      expect(task.state).toBe("dead");
      await transaction((tx) => reviveDeadTask(tx, task.id));
      await processUpload(id);
    }
    expect(await getUpload(owner, cover)).toMatchObject({ status: "ready", problem: null });
    expect(await getUpload(owner, sound)).toMatchObject({ status: "processing", problem: null });
    expect(await trackOf(body.post.id)).toEqual(["processing", null]);
  });

  it("is refused when nothing can read the task, and stays as it is when it was examined before", async () => {
    const id = await upload(owner, "audio", sineWav());
    const useless = await backgroundTaskService.processFile({ fileId: id, operation: "preview" });
    await runTask({ taskId: useless, queue: "file-processing", messageId: null });
    expect(await getUpload(owner, id)).toMatchObject({ status: "processing" });
    const restore = replaceHandler("file-processing", {
      ...(await loadHandler("file-processing")),
      prepare: () => Promise.reject(new NonRetryableTaskError("never")),
    });
    try {
      expect((await processUpload(id)).outcome).toBe("refused");
    } finally {
      restore();
    }
    expect(await getUpload(owner, id)).toMatchObject(interrupted);

    const examined = await uploadAndProcess(owner, "audio", sineWav());
    const again = await backgroundTaskService.processFile(
      { fileId: examined, operation: "scan" },
      { ownerId: owner.userId },
    );
    expect((await cancel(owner, again)).status).toBe(200);
    expect(await getUpload(owner, examined)).toMatchObject({ status: "processing" });
  });

  it("is refused by the tidy when the task is gone", async () => {
    const [stalled, waiting] = [
      await upload(owner, "audio", sineWav()),
      await upload(owner, "audio", sineWav()),
    ];
    const transcoded = await uploadAndProcess(owner, "audio", sineWav());
    await db().task.delete({ where: { id: (await taskOf("file-processing", stalled)).id } });
    await tidyFiles();
    expect(await getUpload(owner, stalled)).toMatchObject(interrupted);
    for (const id of [waiting, transcoded])
      expect(await getUpload(owner, id)).toMatchObject({ status: "processing" });
  });
});

describe("the formats of a track", () => {
  const measure = (fileId: string) =>
    db().track.update({ where: { fileId }, data: { loudness: -14, truePeak: -3, durationMs: 2_000 } });
  const transcode = (fileId: string, formats: RenditionFormat[]) =>
    backgroundTaskService.transcodeAudio({ fileId, formats }, { ownerId: owner.userId });
  const run = (taskId: string) => runTask({ taskId, queue: "audio-transcoding", messageId: null });

  it("fail it as a whole when one that it needs is cancelled, until the whole is made again", async () => {
    const id = await uploadAndProcess(owner, "audio", sineWav());
    await measure(id);
    const { body } = await publish(owner, { audioFileId: id });
    const whole = await taskOf("audio-transcoding", id);
    await run(whole.id);
    const aac = await taskOf("audio-transcoding", `${whole.id}:aac`);
    expect((await getUpload(owner, id)).taskId).not.toBe(aac.id);
    const extra = await transcode(id, ["mp3"]);
    await cancel(owner, extra);
    expect(await trackOf(body.post.id)).toEqual(["processing", null]);
    await cancel(owner, aac.id);
    expect(await getUpload(owner, id)).toMatchObject(interrupted);
    expect(await trackOf(body.post.id)).toEqual(["failed", "interrupted"]);

    await run(await transcode(id, ["aac", "opus"]));
    expect(await trackOf(body.post.id)).toEqual(["processing", null]);
    expect(await getUpload(owner, id)).toMatchObject({ status: "processing", problem: null });
  });

  it("leave it playable when more are asked for later, also when these are cancelled", async () => {
    const id = await uploadAndProcess(owner, "audio", sineWav());
    await measure(id);
    await markReady(id);
    await db().track.update({ where: { fileId: id }, data: { taskId: null } });
    await run(await transcode(id, ["mp3", "flac"]));
    expect(await db().track.findUnique({ where: { fileId: id } })).toMatchObject({
      ...{ status: "ready", taskId: null },
    });
    await cancel(owner, await transcode(id, ["aac", "opus"]));
    expect(await getUpload(owner, id)).toMatchObject({ status: "ready", problem: null });
  });
});

it("a sound made so that parsing it takes seconds stops nothing else", async () => {
  const id = await upload(owner, "audio", endlessOgg(20_000));
  let latestAt = performance.now();
  let longestStopMs = 0;
  const timer = setInterval(() => {
    longestStopMs = Math.max(longestStopMs, performance.now() - latestAt);
    latestAt = performance.now();
  }, 10);
  expect(await processUpload(id)).toEqual({ outcome: "done" });
  clearInterval(timer);
  expect(longestStopMs).toBeLessThan(2_000);
  expect(await getUpload(owner, id)).toMatchObject({ status: "refused", problem: "damaged" });
});
