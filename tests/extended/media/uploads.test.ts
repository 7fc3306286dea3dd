import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { getUpload } from "@/lib/media";
import { makePictures } from "@/lib/media/make-pictures";
import { createPerson } from "@/tests/support/factories/people";
import {
  enableTranscoding,
  gradient,
  processUpload,
  sineWav,
  upload,
  uploadAndProcess,
} from "@/tests/support/factories/uploads";

const run = promisify(execFile);
let owner: Caller;
let folder = "";
beforeAll(async () => {
  enableTranscoding();
  owner = await createPerson("artist");
  folder = await mkdtemp(path.join(tmpdir(), "uploads-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file that FFmpeg makes of a tone. */
async function encode(name: string, ...options: string[]): Promise<Uint8Array> {
  const file = path.join(folder, name);
  const tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=3"];
  await run("ffmpeg", ["-v", "error", "-y", ...tone, ...options, file]);
  return readFile(file);
}

/** The most bytes of buffers that are in use while work runs, without what may be collected. */
async function peakLiveBuffers(work: () => Promise<unknown>): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const liveBytes = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const before = liveBytes();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, liveBytes());
  }, 250);
  await work().finally(() => clearInterval(timer));
  return peak - before;
}

const cut = async (bytes: Promise<Uint8Array>, share: number) => {
  const whole = await bytes;
  return whole.subarray(0, Math.floor(whole.length * share));
};

describe("a sound by FFmpeg", () => {
  const surround = ["-ac", "6"];
  const tags = ["-metadata", "title=Снег", "-metadata", "artist=Лето", "-metadata", "TBPM=128"];
  it.each([
    ["mp3", "audio/mpeg", () => encode("a.mp3", "-b:a", "128k", ...tags)],
    ["mp3 without an index", "audio/mpeg", () => encode("b.mp3", "-q:a", "4", "-write_xing", "0")],
    ["flac of 24 bits", "audio/flac", () => encode("a.flac", "-sample_fmt", "s32", "-ar", "96000")],
    ["vorbis", "audio/ogg", () => encode("a.ogg", "-c:a", "libvorbis")],
    ["opus", "audio/ogg", () => encode("a.opus", "-c:a", "libopus")],
    ["m4a", "audio/mp4", () => encode("a.m4a", "-c:a", "aac", ...tags)],
    ["mov with sound alone", "audio/mp4", () => encode("a.mov", "-c:a", "aac")],
    ["aac", "audio/aac", () => encode("a.aac", "-c:a", "aac")],
    ["aiff", "audio/aiff", () => encode("a.aiff")],
    ["wav of 8 bits and 8 kHz", "audio/wav", () => encode("a.wav", "-c:a", "pcm_u8", "-ar", "8000")],
    [
      "wav of floats, 192 kHz, 5.1",
      "audio/wav",
      () => encode("b.wav", "-c:a", "pcm_f32le", "-ar", "192000", ...surround),
    ],
    ["rf64", "audio/wav", () => encode("c.wav", "-rf64", "always")],
    [
      "wav that claims another length",
      "audio/wav",
      async () => {
        const wav = Buffer.from(await encode("d.wav"));
        wav.writeUInt32LE(0, 4);
        wav.writeUInt32LE(0xff_ff_ff_ff, wav.indexOf("data") + 4);
        return wav;
      },
    ],
  ] as const)("%s is examined as %s", async (name, type, make) => {
    const id = await uploadAndProcess(owner, "audio", await make(), "track");
    const file = await getUpload(owner, id);
    expect(file).toMatchObject({ status: "processing", problem: null });
    const row = await db().mediaFile.findUniqueOrThrow({
      where: { id },
      select: { type: true, track: true },
    });
    expect(row.type).toBe(type);
    // Containers that do not say how long they are: the transcoder measures it.
    if (row.track?.durationMs != null) expect(Math.abs(row.track.durationMs - 3_000)).toBeLessThan(400);
    else expect(["aac", "mov with sound alone"]).toContain(name);
  });

  it("has its tags", async () => {
    const id = await uploadAndProcess(owner, "audio", await encode("tags.mp3", ...tags));
    expect((await getUpload(owner, id)).track).toMatchObject({ title: "Снег", artist: "Лето", bpm: 128 });
  });

  it.each([
    [
      "a video with sound",
      "wrong_type",
      () => encode("v.mp4", "-f", "lavfi", "-i", "testsrc=duration=3:size=64x64:rate=5"),
    ],
    [
      "a video in Matroska",
      "wrong_type",
      () => encode("v.mkv", "-f", "lavfi", "-i", "testsrc=duration=3:size=64x64:rate=5"),
    ],
    ["an M4A that was cut off", "damaged", () => cut(encode("cut.m4a", "-c:a", "aac"), 0.5)],
    ["the first bytes of a FLAC alone", "wrong_type", () => cut(encode("cut.flac"), 0.0005)],
    [
      "a playlist of addresses",
      "wrong_type",
      async () => Buffer.from("#EXTM3U\nhttp://127.0.0.1:1/a.mp3\n".repeat(40)),
    ],
    ["zeros", "wrong_type", async () => new Uint8Array(5_000)],
  ] as const)("that is %s is refused as %s", async (_, problem, make) => {
    const id = await uploadAndProcess(owner, "audio", await make(), "track.mp3");
    expect(await getUpload(owner, id)).toMatchObject({ status: "refused", problem });
  });

  it("of two hours is examined within the limits of memory", async () => {
    const wav = sineWav({ seconds: 7_190, sampleRate: 8_000 });
    const id = await upload(owner, "audio", wav);
    const peak = await peakLiveBuffers(() => processUpload(id));
    expect((await getUpload(owner, id)).track?.durationSeconds).toBe(7_190);
    expect(peak).toBeLessThan(wav.length / 4);
  });
});

describe("a picture", () => {
  const size = (bytes: Uint8Array) =>
    makePictures(bytes).then(({ pictures }) => pictures.map(({ width }) => width));

  it("of 16 bits, in grey, with transparency, in CMYK and animated becomes plain pictures", async () => {
    const base = () => gradient(330, 200);
    const frames = Buffer.alloc(330 * 400 * 3, 90);
    const samples = {
      "16 bits": await base().toColourspace("rgb16").png().toBuffer(),
      grey: await base().greyscale().png().toBuffer(),
      transparent: await base().ensureAlpha(0.5).webp().toBuffer(),
      cmyk: await base().toColourspace("cmyk").jpeg().toBuffer(),
      animated: await sharp(frames, { raw: { width: 330, height: 400, channels: 3, pageHeight: 200 } })
        .gif()
        .toBuffer(),
      avif: await base().avif({ effort: 0 }).toBuffer(),
    };
    for (const [name, bytes] of Object.entries(samples)) {
      const { pictures, width, height } = await makePictures(bytes);
      expect([name, width, height]).toEqual([name, 330, 200]);
      for (const { bytes: made, width: madeWidth } of pictures) {
        const found = await sharp(made).metadata();
        expect([name, found.depth, found.space, found.pages ?? 1, found.width]).toEqual([
          ...[name, "uchar", "srgb", 1, madeWidth],
        ]);
      }
      const [first] = pictures;
      // A GIF is decoded with a channel for transparency, whether it uses it or not.
      if (name !== "animated")
        expect((await sharp(first?.bytes).metadata()).hasAlpha).toBe(name === "transparent");
    }
  });

  it("is never enlarged, and a very high one is bounded", async () => {
    expect(await size(await gradient(20, 20).png().toBuffer())).toEqual([20, 20]);
    expect(await size(await gradient(1_500, 20).png().toBuffer())).toEqual([
      96, 96, 320, 320, 640, 640, 1280, 1280,
    ]);
    const high = await makePictures(await gradient(100, 9_000).png().toBuffer());
    for (const { height } of high.pictures) expect(height).toBeLessThanOrEqual(1_280 * 4);
  });
});
