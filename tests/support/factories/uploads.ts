import { put } from "@vercel/blob/client";
import sharp, { type Sharp } from "sharp";
import { POST as finishUpload } from "@/app/api/media/[id]/uploaded/route";
import { POST as startUpload } from "@/app/api/media/upload/route";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { queues } from "@/lib/tasks";
import { runTask, type TaskDeliveryResult } from "@/lib/tasks/run-task";
import { type ApiResponse, call } from "@/tests/support/clients/call";

type UploadPurpose = "audio" | "cover";

/** Lets sound be uploaded where the queue that transcodes it has no handler. */
export function enableTranscoding(): void {
  Object.assign(queues["audio-transcoding"], { available: true, isInstalled: undefined });
}

/** Asks for a token, as a page does. */
export function requestUpload(
  as: Caller,
  purpose: UploadPurpose,
  { name = purpose === "audio" ? "track.wav" : "cover.png", bytes = 1_000, key = "" } = {},
): Promise<ApiResponse> {
  const headers: Record<string, string> = {
    "accept-language": "en",
    ...(key ? { "idempotency-key": key } : {}),
  };
  return call(startUpload, { as, headers, body: { purpose, name, bytes } });
}

/** Sends bytes with a token, as the SDK does in a browser. */
export async function putBytes(
  { pathname, clientToken }: { pathname: string; clientToken: string },
  bytes: Uint8Array,
): Promise<void> {
  await put(pathname, Buffer.from(bytes), { access: "private", token: clientToken });
}

/** Tells that a file was sent. */
export const reportUploaded = (as: Caller, id: string): Promise<ApiResponse> =>
  call(finishUpload, { as, method: "POST", params: { id }, headers: { "accept-language": "en" } });

/** Uploads a file; its processing waits. @returns its id */
export async function upload(
  as: Caller,
  purpose: UploadPurpose,
  bytes: Uint8Array,
  name?: string,
): Promise<string> {
  const started = await requestUpload(as, purpose, { bytes: bytes.length, ...(name ? { name } : {}) });
  if (started.status !== 201) throw new Error(JSON.stringify(started.body));
  await putBytes(started.body.upload, bytes);
  const finished = await reportUploaded(as, started.body.file.id);
  if (finished.status !== 200) throw new Error(JSON.stringify(finished.body));
  return started.body.file.id;
}

/** Delivers the first task of a file, as QStash does. */
export async function processUpload(fileId: string): Promise<TaskDeliveryResult> {
  const { id } = await db().task.findUniqueOrThrow({
    where: { queue_key: { queue: "file-processing", key: fileId } },
    select: { id: true },
  });
  return runTask({ taskId: id, queue: "file-processing", messageId: null });
}

/** Uploads and examines a file. @returns its id */
export async function uploadAndProcess(...file: Parameters<typeof upload>): Promise<string> {
  const id = await upload(...file);
  await processUpload(id);
  return id;
}

/** What transcoding leaves of a file, without the sound: it is ready. */
export async function markReady(fileId: string): Promise<void> {
  await db().mediaFile.update({ where: { id: fileId }, data: { status: "ready" } });
  await db().track.update({ where: { fileId }, data: { status: "ready" } });
}

/** A sine wave as WAV with 16 bits. */
export function sineWav({ seconds = 2, sampleRate = 8_000, channels = 1 } = {}): Uint8Array {
  const frames = Math.round(seconds * sampleRate);
  const wav = Buffer.alloc(44 + frames * channels * 2);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * channels * 2, 28);
  wav.writeUInt16LE(channels * 2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36, "latin1");
  wav.writeUInt32LE(frames * channels * 2, 40);
  for (let frame = 0; frame < frames; frame += 1) {
    const sample = Math.round(12_000 * Math.sin((2 * Math.PI * 440 * frame) / sampleRate));
    for (let channel = 0; channel < channels; channel += 1)
      wav.writeInt16LE(sample, 44 + (frame * channels + channel) * 2);
  }
  return new Uint8Array(wav);
}

/** A picture with a gradient, so that its encodings are not trivial. */
export function gradient(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let index = 0; index < width * height; index += 1) {
    pixels[index * 3] = Math.round((255 * (index % width)) / width);
    pixels[index * 3 + 1] = Math.round((255 * Math.floor(index / width)) / height);
    pixels[index * 3 + 2] = 128;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A file with an ID3 tag before it: title, artist, tempo and a picture. */
export function withId3(
  sound: Uint8Array,
  { title, artist, bpm, picture }: { title: string; artist: string; bpm: number; picture?: Uint8Array },
): Uint8Array {
  const text = (value: string) => Buffer.concat([Buffer.from([3]), Buffer.from(value)]);
  const frames = [
    id3Frame("TIT2", text(title)),
    id3Frame("TPE1", text(artist)),
    id3Frame("TBPM", text(String(bpm))),
    ...(picture
      ? [id3Frame("APIC", Buffer.concat([Buffer.from("\x03image/png\0\x03\0", "latin1"), picture]))]
      : []),
  ];
  const body = Buffer.concat(frames);
  return new Uint8Array(
    Buffer.concat([Buffer.from("ID3\x04\0\0", "latin1"), syncSafe(body.length), body, sound]),
  );
}

function id3Frame(id: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(id, "latin1"), syncSafe(body.length), Buffer.alloc(2), body]);
}

/** Seven bits a byte. */
function syncSafe(value: number): Buffer {
  return Buffer.from([21, 14, 7, 0].map((shift) => (value >> shift) & 0x7f));
}

/** Ogg whose comment header goes on for so many pages of a byte: for each, parsers copy what they have read. */
export function endlessOgg(pages: number): Uint8Array {
  const page = (flags: number, sequence: number, body: Buffer) => {
    const header = Buffer.alloc(28);
    header.write("OggS", 0, "latin1");
    header[5] = flags;
    header.writeUInt32LE(1, 14);
    header.writeUInt32LE(sequence, 18);
    header[26] = 1;
    header[27] = body.length;
    return Buffer.concat([header, body]);
  };
  const identification = Buffer.alloc(30);
  identification.write("\x01vorbis", 0, "latin1");
  identification[11] = 2;
  identification.writeUInt32LE(44_100, 12);
  identification[28] = 0xb8;
  identification[29] = 1;
  const [FIRST, CONTINUED, LAST] = [2, 1, 4];
  const comment = Array.from({ length: pages }, (_, index) => page(CONTINUED, index + 2, Buffer.from("A")));
  return new Uint8Array(
    Buffer.concat([
      page(FIRST, 0, identification),
      page(0, 1, Buffer.from("\x03vorbis", "latin1")),
      ...comment,
      page(CONTINUED | LAST, pages + 2, Buffer.from("A")),
    ]),
  );
}

/** MP3 of silence: MPEG 1, layer 3, 128 kbit/s, 44.1 kHz. */
export function silentMp3(seconds: number): Uint8Array {
  const frame = Buffer.alloc(417);
  frame.writeUInt32BE(0xff_fb_90_64, 0);
  return new Uint8Array(Buffer.concat(Array(Math.ceil(seconds / (1_152 / 44_100))).fill(frame)));
}
