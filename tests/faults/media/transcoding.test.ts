import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { now, setClock } from "@/lib/core/clock";
import type { Failpoint } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { tidyFiles } from "@/lib/media";
import { transcodingTask } from "@/lib/media/audio-transcoding.task";
import { SOUND_PARTS_ROOT } from "@/lib/media/pathname";
import { MAX_TRUE_PEAK_DBTP } from "@/lib/media/transcode/loudness";
import { createPost, getPost } from "@/lib/posts";
import { deleteBlobs } from "@/lib/storage";
import { cancelTask, reviveDeadTask, sweepTasks } from "@/lib/tasks";
import { abandonByHandler } from "@/lib/tasks/abandon-by-handler";
import { setTaskAbandoner } from "@/lib/tasks/abandon-task";
import { replaceHandler } from "@/lib/tasks/registry";
import { runTask } from "@/lib/tasks/run-task";
import { downloadVariant } from "@/tests/support/clients/download-variant";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import {
  createSampleFolder,
  ffmpeg,
  type Judgement,
  judge,
  music,
  writeLongMusic,
} from "@/tests/support/factories/sound-samples";
import {
  enqueueTranscoding,
  readSound,
  runTranscoding,
  soundBlobs,
  storeTestSound,
  transcodingTasks,
} from "@/tests/support/factories/sounds";
import { startChild } from "@/tests/support/processes/children";
import { killTranscoders } from "@/tests/support/processes/kill-transcoders";
import { type FailpointScenario, testFailpoints } from "@/tests/support/processes/test-failpoints";
import { startStoreProxy } from "@/tests/support/proxies/store-proxy";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

setTaskAbandoner(abandonByHandler);

// Set before anything reads the environment.
const proxy = await startStoreProxy();
process.env.BLOB_TIMEOUT_MS = "5000";

const samples = await createSampleFolder();
const artist = await createPerson("artist");
const short = samples.file("short.wav");
await ffmpeg([...music(2), short]);
/** Its transcoder is still running when a test stops it. A tenth of a WAV, which attempts would copy for seconds. */
const quarterHour = samples.file("quarter-hour.flac");
await ffmpeg([
  ...["-f", "lavfi", "-i", "sine=f=220:r=44100:d=900,tremolo=f=2", "-ac", "2"],
  ...["-compression_level", "0", quarterHour],
]);
afterAll(async () => {
  await proxy.close();
  await samples.remove();
});

/** One set of variants, each a blob with the bytes that its row states; and no other blob. */
async function violations(fileId: string, before: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  const sound = await readSound(fileId);
  const made = sound.variants.map(({ kind, format }) => `${kind} ${format}`).join();
  if (made !== "rendition aac,rendition opus,preview aac,preview opus,peaks json") found.push(`has ${made}`);
  if (sound.track?.status !== "ready" || sound.status !== "ready")
    found.push(`${sound.status}, ${sound.track?.status}`);
  for (const variant of sound.variants) {
    const bytes = await readFile(await downloadVariant(variant, samples.file("variant")));
    if (bytes.length !== variant.bytes) found.push(`${variant.kind} has ${bytes.length} bytes`);
  }
  const named = new Set(sound.variants.map(({ pathname }) => pathname));
  for (const pathname of await soundBlobs())
    if (!before.has(pathname) && !named.has(pathname)) found.push(`orphan ${pathname}`);
  const tasks = await transcodingTasks(fileId);
  if (tasks.some(({ state }) => state !== "done")) found.push("a task is not done");
  return found;
}

async function measuringScenario(): Promise<FailpointScenario & { fileId: string }> {
  const before = await soundBlobs();
  const fileId = await storeTestSound(artist, short);
  const taskId = await enqueueTranscoding(fileId);
  const deliver = () => runTask({ taskId, queue: "audio-transcoding", messageId: null });
  return {
    fileId,
    act: () => runTranscoding(fileId),
    actConcurrently: deliver,
    crashAt: (failpoint) => startChild("transcoding-process.ts", [fileId], { FAILPOINT: failpoint }).ended,
    settle: () => runTranscoding(fileId),
    violations: () => violations(fileId, before),
  };
}

/** The sound is measured, so that faults meet the tasks that encode it. */
async function encodingScenario(): Promise<FailpointScenario> {
  const { fileId, ...rest } = await measuringScenario();
  const [measuring] = await transcodingTasks(fileId);
  await runTask({ taskId: measuring?.id ?? "", queue: "audio-transcoding", messageId: null });
  const encodings = (await transcodingTasks(fileId)).filter(({ state }) => state !== "done");
  expect(encodings).toHaveLength(2);
  return {
    ...rest,
    actConcurrently: () =>
      Promise.all(
        encodings.map(({ id }) => runTask({ taskId: id, queue: "audio-transcoding", messageId: null })),
      ),
  };
}

testFailpoints<
  | Extract<Failpoint, `transcoding.${string}`>
  | "tasks.claimed"
  | "tasks.prepared"
  | "tasks.completing"
  | "tasks.completed"
>({
  "tasks.claimed": measuringScenario,
  "transcoding.encoded": measuringScenario,
  "transcoding.stored": measuringScenario,
  "tasks.prepared": measuringScenario,
  "tasks.completing": measuringScenario,
  "tasks.completed": measuringScenario,
});

testFailpoints<Extract<Failpoint, `transcoding.${string}`> | "tasks.prepared" | "tasks.completing">({
  "transcoding.encoded": encodingScenario,
  "transcoding.stored": encodingScenario,
  "tasks.prepared": encodingScenario,
  "tasks.completing": encodingScenario,
});

it("of an attempt whose lease was taken over the tidy leaves nothing, and the other's renditions stay", async () => {
  const before = await soundBlobs();
  const fileId = await storeTestSound(artist, short);
  const taskId = await enqueueTranscoding(fileId);
  const first = runTask({ taskId, queue: "audio-transcoding", messageId: null });
  await waitUntil("the first attempt runs", async () => {
    const task = await db().task.findUniqueOrThrow({ where: { id: taskId } });
    return task.state === "running";
  });
  await db().task.update({ where: { id: taskId }, data: { leaseUntil: null } });
  await runTask({ taskId, queue: "audio-transcoding", messageId: null });
  await first.catch(() => {});
  await runTranscoding(fileId);
  // What the late attempt has stored is its own. Nothing else may be missing before the tidy, or after it.
  const isHarmless = (found: string) => found.startsWith("orphan");
  expect((await violations(fileId, before)).filter((found) => !isHarmless(found))).toEqual([]);
  const restore = setClock({ now: () => Date.now() + 3 * 86_400_000 });
  try {
    await tidyFiles();
  } finally {
    restore();
  }
  expect(await violations(fileId, before)).toEqual([]);
});

it("a track is heard whole or not at all, while the store is away in between", async () => {
  const before = await soundBlobs();
  const fileId = await storeTestSound(artist, short);
  const { id } = await createPost(artist, {
    title: "Tide",
    text: "",
    tags: [],
    audioFileId: fileId,
    coverFileId: null,
  });
  const taskId = await enqueueTranscoding(fileId);
  expect(await getPost(id)).toMatchObject({ track: { status: "processing", sources: [], peaksUrl: null } });
  await proxy.set("refuse");
  await expect(runTask({ taskId, queue: "audio-transcoding", messageId: null })).rejects.toThrow();
  expect(await getPost(id)).toMatchObject({ track: { status: "processing", sources: [] } });
  await proxy.set("pass");
  await runTask({ taskId, queue: "audio-transcoding", messageId: null });
  const [, first] = await transcodingTasks(fileId);
  await runTask({ taskId: first?.id ?? "", queue: "audio-transcoding", messageId: null });
  expect(await getPost(id)).toMatchObject({ track: { status: "processing", sources: [] } });
  await runTranscoding(fileId);
  const post = await getPost(id);
  expect(post?.track?.status).toBe("ready");
  expect(post?.track?.sources.map(({ type }) => type)).toEqual([
    "audio/ogg; codecs=opus",
    'audio/mp4; codecs="mp4a.40.2"',
  ]);
  expect(await violations(fileId, before)).toEqual([]);
});

it("a cancelled one stops, cannot commit and leaves nothing", async () => {
  const before = await soundBlobs();
  const fileId = await storeTestSound(artist, quarterHour);
  const taskId = await enqueueTranscoding(fileId);
  const run = runTask({ taskId, queue: "audio-transcoding", messageId: null });
  await waitUntil("the task reports progress", async () => {
    const { progress } = await db().task.findUniqueOrThrow({ where: { id: taskId } });
    return progress !== null;
  });
  await cancelTask(taskId, { ...artist, sessionId: newId(), authenticatedAt: new Date(now()).toISOString() });
  expect((await run).outcome).not.toBe("done");
  const sound = await readSound(fileId);
  expect([sound.track?.loudness, sound.variants]).toEqual([null, []]);
  expect([...(await soundBlobs())].filter((pathname) => !before.has(pathname))).toEqual([]);
  expect((await readSound(fileId)).track?.status).toBe("failed");
});

it("a track without one of its formats fails, and is ready after all when the dead task is replayed", async () => {
  const before = await soundBlobs();
  const fileId = await storeTestSound(artist, short);
  const taskId = await enqueueTranscoding(fileId);
  const deliver = (id: string) => runTask({ taskId: id, queue: "audio-transcoding", messageId: null });
  await deliver(taskId);
  const aac = (await transcodingTasks(fileId)).find(({ key }) => key === `${taskId}:aac`);
  if (!aac) throw new Error("no task for AAC");
  await db().task.update({ where: { id: aac.id }, data: { deadlineAt: new Date(0) } });
  await sweepTasks();
  await runTranscoding(fileId);
  expect(await readSound(fileId)).toMatchObject({
    ...{ status: "refused", problem: "interrupted", track: { status: "failed", problem: "interrupted" } },
  });
  await transaction((tx) => reviveDeadTask(tx, aac.id));
  await runTranscoding(fileId);
  expect(await violations(fileId, before)).toEqual([]);
});

it("what does not fit into one run continues in the next, and sounds as if made in one", async () => {
  const before = await soundBlobs();
  const file = samples.file("mix.wav");
  await writeLongMusic(file, 150);
  const whole = await storeTestSound(artist, file);
  await enqueueTranscoding(whole);
  await runTranscoding(whole);

  const fileId = await storeTestSound(artist, file);
  await enqueueTranscoding(fileId);
  const restore = replaceHandler("audio-transcoding", transcodingTask({ encodeUntilMs: 1 }));
  try {
    await runTranscoding(fileId);
  } finally {
    restore();
  }
  expect((await transcodingTasks(fileId)).length).toBeGreaterThan(5);
  const blobsOfWhole = (await readSound(whole)).variants.map(({ pathname }) => pathname);
  expect(await violations(fileId, new Set([...before, ...blobsOfWhole]))).toEqual([]);
  const original = { file, level: await judge(file) };
  for (const format of ["aac", "opus"]) {
    const pick = (sound: Awaited<ReturnType<typeof readSound>>) =>
      sound.variants.find((variant) => variant.kind === "rendition" && variant.format === format);
    const [once, joined] = [pick(await readSound(whole)), pick(await readSound(fileId))];
    if (!once || !joined) throw new Error(`no ${format}`);
    const a = await downloadVariant(once, samples.file(`once.${format}`));
    const b = await downloadVariant(joined, samples.file(`joined.${format}`));
    const [expected, found] = [await judge(a), await judge(b)];
    expect(Math.abs(found.seconds - expected.seconds)).toBeLessThan(0.05);
    expect(Math.abs(found.loudness - expected.loudness)).toBeLessThan(0.5);
    expect(found.truePeak).toBeLessThanOrEqual(MAX_TRUE_PEAK_DBTP + 0.05);
    // What the encoder has changed of the original is as loud with joins as without, and no louder at a join.
    const lost = await encodingError(original, { file: a, level: expected });
    const lostWithJoins = await encodingError(original, { file: b, level: found });
    expect(Math.abs(lostWithJoins.loudness - lost.loudness), format).toBeLessThan(0.5);
    expect(lostWithJoins.truePeak - lost.truePeak, format).toBeLessThan(1);
  }
});

it("begins again when a part of it is gone, as after days in a queue", async () => {
  const before = await soundBlobs();
  const file = samples.file("parts.wav");
  await writeLongMusic(file, 60);
  const fileId = await storeTestSound(artist, file);
  await enqueueTranscoding(fileId);
  const restore = replaceHandler("audio-transcoding", transcodingTask({ encodeUntilMs: 1 }));
  const partsLeft = async () =>
    [...(await soundBlobs())].filter((name) => name.startsWith(SOUND_PARTS_ROOT) && !before.has(name));
  try {
    while ((await partsLeft()).length === 0) {
      const next = (await transcodingTasks(fileId)).find(({ state }) => state !== "done");
      await runTask({ taskId: next?.id ?? "", queue: "audio-transcoding", messageId: null });
    }
  } finally {
    restore();
  }
  await deleteBlobs(await partsLeft());
  await runTranscoding(fileId);
  expect(await violations(fileId, before)).toEqual([]);
});

interface JudgedFile {
  file: string;
  level: Judgement;
}

/** A rendition minus the original at the same loudness. */
async function encodingError(original: JudgedFile, rendition: JudgedFile): Promise<Judgement> {
  const gain = rendition.level.loudness - original.level.loudness;
  const error = samples.file("error.wav");
  const subtract = `[0]aresample=48000[a];[1]aresample=48000,volume=${-(10 ** (gain / 20))}:precision=float[b]`;
  await ffmpeg([
    ...["-i", rendition.file, "-i", original.file, "-filter_complex"],
    ...[`${subtract};[a][b]amix=2:normalize=0:duration=shortest`, "-c:a", "pcm_f32le", error],
  ]);
  return judge(error);
}

/** A disk of this size takes the original, 353 kB, and nothing of what is made of it. */
const DISK_KILOBYTES = 368;

/** Runs with a small disk as the temporary folder. */
async function onDisk(kilobytes: number, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = await mkdtemp(path.join(tmpdir(), "normaldance-disk-"));
  const folder = process.env.TMPDIR;
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", disk]);
  try {
    process.env.TMPDIR = disk;
    await work(disk);
  } finally {
    if (folder === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = folder;
    execFileSync("umount", [disk]);
    await rmdir(disk);
  }
}

// Only root may mount a disk.
describe.runIf(process.getuid?.() === 0)("a full disk", () => {
  it.each([
    ["the original", 200],
    ["what is made of it", DISK_KILOBYTES],
  ])("that has no space for %s of this file alone refuses it as too large", async (_, kilobytes) => {
    const before = await soundBlobs();
    const fileId = await storeTestSound(artist, short);
    await enqueueTranscoding(fileId);
    await onDisk(kilobytes, () => runTranscoding(fileId, { attempts: 2 }));
    const sound = await readSound(fileId);
    expect([sound.status, sound.problem, sound.track?.status]).toEqual(["refused", "too_large", "failed"]);
    const named = new Set(sound.variants.map(({ pathname }) => pathname));
    expect(
      [...(await soundBlobs())].filter((pathname) => !before.has(pathname) && !named.has(pathname)),
    ).toEqual([]);
  });

  it("of other things fails the attempt, not the track", async () => {
    const before = await soundBlobs();
    const fileId = await storeTestSound(artist, short);
    await enqueueTranscoding(fileId);
    await onDisk(DISK_KILOBYTES * 3, async (disk) => {
      await writeFile(path.join(disk, "other"), Buffer.alloc(DISK_KILOBYTES * 2 * 1_024));
      await expect(runTranscoding(fileId, { attempts: 2 })).rejects.toThrow(/No space|ENOSPC/);
      expect((await readSound(fileId)).track?.status).toBe("processing");
    });
    await runTranscoding(fileId);
    expect(await violations(fileId, before)).toEqual([]);
  });
});

it("a track is refused when the transcoder crashes twice in it, whatever else has ended attempts", async () => {
  const fileId = await storeTestSound(artist, quarterHour);
  const taskId = await enqueueTranscoding(fileId);
  const deliver = () => runTask({ taskId, queue: "audio-transcoding", messageId: null });
  const deliverWith = async (signal: NodeJS.Signals) => {
    const run = deliver();
    run.catch(() => {});
    await waitUntil("the transcoder runs", async () => (await killTranscoders(signal)) > 0);
    return run;
  };
  await proxy.set("refuse");
  await expect(deliver()).rejects.toThrow();
  await proxy.set("pass");
  for (const signal of ["SIGTERM", "SIGTERM", "SIGSEGV"] as const) {
    await expect(deliverWith(signal)).rejects.toThrow(/the transcoder/);
    expect((await readSound(fileId)).track?.status).toBe("processing");
  }
  expect(await deliverWith("SIGSEGV")).toEqual({ outcome: "done" });
  expect(await readSound(fileId)).toMatchObject({ status: "refused", problem: "too_complex" });
});
