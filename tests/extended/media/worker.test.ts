import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { db } from "@/lib/db";
import { signDelivery } from "@/tests/support/clients/signed-delivery";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { createSampleFolder, ffmpeg, music } from "@/tests/support/factories/sound-samples";
import { enqueueTranscoding, readSound, storeTestSound } from "@/tests/support/factories/sounds";
import { startChild } from "@/tests/support/processes/children";
import { freePort } from "@/tests/support/stack/real-postgres";

const QUEUE = "audio-transcoding";
const samples = await createSampleFolder();
const port = await freePort();
const base = `http://127.0.0.1:${port}`;
const worker = startChild(path.resolve("scripts/worker.ts"), [], {
  PORT: String(port),
  TRANSCODER_URL: base,
});
afterAll(async () => {
  worker.process.kill("SIGTERM");
  expect(await worker.ended).toBe(0);
  await samples.remove();
});

it("a worker takes the deliveries of sound, with QStash's signature for its own address, and nothing else", async () => {
  await waitUntil("the worker answers", async () =>
    fetch(`${base}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const file = samples.file("a.wav");
  await ffmpeg([...music(2), file]);
  const fileId = await storeTestSound(await createPerson("artist"), file);
  const taskId = await enqueueTranscoding(fileId);
  const body = JSON.stringify({ taskIds: [taskId] });
  const deliver = (signature: string, where = QUEUE) =>
    fetch(`${base}/api/qstash/${where}`, {
      method: "POST",
      body,
      headers: { "upstash-signature": signature },
    });
  expect((await deliver("none")).status).toBe(401);
  expect((await deliver(await signDelivery(QUEUE, body))).status).toBe(401);
  const signature = await signDelivery(QUEUE, body, { base });
  expect((await deliver(signature, "emails")).status).toBe(404);
  expect((await fetch(`${base}/api/posts`)).status).toBe(404);
  expect((await db().task.findUniqueOrThrow({ where: { id: taskId } })).state).not.toBe("done");
  expect((await deliver(signature)).status).toBe(200);
  expect((await db().task.findUniqueOrThrow({ where: { id: taskId } })).state).toBe("done");
  expect((await readSound(fileId)).track?.loudness).toBeLessThan(0);
});
