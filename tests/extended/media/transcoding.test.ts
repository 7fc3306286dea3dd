import { createHash } from "node:crypto";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { MAX_TRUE_PEAK_DBTP, TARGET_LOUDNESS_LUFS } from "@/lib/media/transcode/loudness";
import { peaksSchema } from "@/lib/schemas/track";
import { downloadVariant } from "@/tests/support/clients/download-variant";
import { createPerson } from "@/tests/support/factories/people";
import {
  createSampleFolder,
  ffmpeg,
  judge,
  music,
  writeLongMusic,
} from "@/tests/support/factories/sound-samples";
import {
  enqueueTranscoding,
  isFastStart,
  readSound,
  runTranscoding,
  storeTestSound,
} from "@/tests/support/factories/sounds";
import { runs } from "@/tests/support/fuzz/runs";

const samples = await createSampleFolder();
const artist = await createPerson("artist");
afterAll(() => samples.remove());

/** What rounding, and the measuring of another version of FFmpeg, may differ by, in dB. */
const JUDGE_TOLERANCE_DB = 0.05;
const LOUDNESS_TOLERANCE_LU = 0.5;
/** How far below the ceiling a harsh track may stay, in dB. */
const PEAK_TOLERANCE_DB = 0.7;

async function transcode(file: string, formats?: ("aac" | "opus" | "mp3" | "flac")[]) {
  const fileId = await storeTestSound(artist, file);
  await enqueueTranscoding(fileId, formats);
  await runTranscoding(fileId);
  return readSound(fileId);
}

type Sound = Awaited<ReturnType<typeof transcode>>;

/** A playable track: its renditions as loud as they may be, its previews and its waveform. */
async function expectPlayable(sound: Sound, seconds: number): Promise<void> {
  expect([sound.problem, sound.status, sound.track?.status]).toEqual([null, "ready", "ready"]);
  expect(sound.variants.map(({ kind, format }) => `${kind} ${format}`)).toEqual([
    "rendition aac",
    "rendition opus",
    "preview aac",
    "preview opus",
    "peaks json",
  ]);
  expect((sound.track?.durationMs ?? 0) / 1_000).toBeCloseTo(seconds, 0);
  for (const variant of sound.variants) {
    const file = await downloadVariant(variant, samples.file(`${variant.kind}.${variant.format}`));
    const bytes = await readFile(file);
    expect(bytes.length).toBe(variant.bytes);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(variant.sha256);
    if (variant.kind === "peaks") {
      const { peaks, durationSeconds } = peaksSchema.parse(JSON.parse(bytes.toString()));
      expect(durationSeconds).toBeCloseTo(seconds, 0);
      expect(Math.max(...peaks)).toBe(255);
      continue;
    }
    const found = await judge(file);
    expect(found.truePeak, `true peak of ${variant.format}`).toBeLessThanOrEqual(
      MAX_TRUE_PEAK_DBTP + JUDGE_TOLERANCE_DB,
    );
    if (variant.format === "aac") expect(await isFastStart(file)).toBe(true);
    if (variant.kind === "preview") {
      expect(found.seconds).toBeCloseTo(Math.min(30, seconds / 2), 0);
      continue;
    }
    expect(Math.abs(found.seconds - seconds)).toBeLessThan(0.1);
    const isAtTarget = Math.abs(found.loudness - TARGET_LOUDNESS_LUFS) <= LOUDNESS_TOLERANCE_LU;
    const isAtCeiling =
      found.loudness < TARGET_LOUDNESS_LUFS && found.truePeak > MAX_TRUE_PEAK_DBTP - PEAK_TOLERANCE_DB;
    expect(isAtTarget || isAtCeiling, `${variant.format}: ${JSON.stringify(found)}`).toBe(true);
  }
}

function expectRefused(sound: Sound, problem: string): void {
  expect([sound.status, sound.problem, sound.track?.status, sound.track?.problem]).toEqual([
    "refused",
    problem,
    "failed",
    problem,
  ]);
  expect(sound.variants).toEqual([]);
}

/** Seconds of the short samples. */
const SHORT = 6;

describe("a sound becomes playable", () => {
  const playable: [string, string, string[]][] = [
    ["mono, 8 kHz, 8 bit", "a.wav", [...music(SHORT, { rate: 8_000, channels: 1 }), "-c:a", "pcm_u8"]],
    ["stereo, 11.025 kHz, 16 bit", "a.wav", music(SHORT, { rate: 11_025 })],
    ["stereo, 48 kHz, 24 bit", "a.wav", [...music(SHORT, { rate: 48_000 }), "-c:a", "pcm_s24le"]],
    ["stereo, 96 kHz, 32 bit", "a.wav", [...music(SHORT, { rate: 96_000 }), "-c:a", "pcm_s32le"]],
    ["stereo, 192 kHz, float", "a.wav", [...music(SHORT, { rate: 192_000 }), "-c:a", "pcm_f32le"]],
    ["stereo, 64 bit float", "a.wav", [...music(SHORT), "-c:a", "pcm_f64le"]],
    ["5.1 as WAV", "a.wav", music(SHORT, { rate: 48_000, channels: 6 })],
    ["5.1 as FLAC", "a.flac", music(SHORT, { rate: 48_000, channels: 6 })],
    ["RF64", "a.wav", [...music(SHORT), "-rf64", "always"]],
    ["AIFF, 24 bit", "a.aiff", [...music(SHORT), "-c:a", "pcm_s24be"]],
    ["FLAC, 24 bit", "a.flac", [...music(SHORT, { rate: 96_000 }), "-sample_fmt", "s32"]],
    ["MP3, constant rate, mono", "a.mp3", [...music(SHORT, { channels: 1 }), "-b:a", "96k"]],
    ["Ogg Vorbis", "a.ogg", [...music(SHORT), "-c:a", "libvorbis"]],
    ["Ogg Opus", "a.opus", [...music(SHORT, { rate: 48_000 }), "-c:a", "libopus"]],
    ["M4A", "a.m4a", [...music(SHORT), "-c:a", "aac"]],
    ["M4A, lossless", "a.m4a", [...music(SHORT), "-c:a", "alac"]],
    ["AAC without a container", "a.aac", [...music(SHORT), "-c:a", "aac"]],
    [
      "loud: limited by mastering",
      "a.wav",
      [...music(SHORT, { level: 0.9 }), "-af", "volume=12dB,alimiter=limit=0.98:level=0"],
    ],
    ["quiet", "a.wav", [...music(SHORT), "-af", "volume=-40dB", "-c:a", "pcm_s24le"]],
  ];

  it.each(playable)("%s", async (_, name, args) => {
    const file = samples.file(name);
    await ffmpeg([...args, file]);
    await expectPlayable(await transcode(file), SHORT);
  });

  it("of clicks: quieter than the target, since its peaks are far above it", async () => {
    const file = samples.file("clicks.wav");
    await ffmpeg([
      "-f",
      "lavfi",
      "-i",
      `aevalsrc='if(lt(mod(t,0.25),0.0005),0.9,0.01*sin(880*PI*t))|0.01*sin(660*PI*t)':d=${SHORT}`,
      file,
    ]);
    const sound = await transcode(file);
    await expectPlayable(sound, SHORT);
  });

  it("of MP3 with a variable rate, tags and a cover", async () => {
    const [file, cover] = [samples.file("vbr.mp3"), samples.file("cover.png")];
    await ffmpeg(["-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", cover]);
    await ffmpeg([
      ...[...music(SHORT), "-i", cover, "-map", "0:a", "-map", "1:v", "-q:a", "4", "-c:v", "copy"],
      ...["-id3v2_version", "3", "-metadata", "title=Tide", "-disposition:v", "attached_pic", file],
    ]);
    await expectPlayable(await transcode(file), SHORT);
  });

  it("of a video with sound: the sound", async () => {
    const file = samples.file("video.mp4");
    const picture = ["-f", "lavfi", "-i", `testsrc=d=${SHORT}:s=128x72`];
    await ffmpeg([...music(SHORT), ...picture, "-c:v", "libx264", "-c:a", "aac", file]);
    await expectPlayable(await transcode(file), SHORT);
  });

  it("of a WAV that a recorder did not finish: without the length in its header", async () => {
    const file = samples.file("unfinished.wav");
    await ffmpeg([...music(SHORT), "-flags", "bitexact", file]);
    const bytes = await readFile(file);
    bytes.writeUInt32LE(0xffffffff, 4);
    bytes.writeUInt32LE(0xffffffff, bytes.indexOf("data") + 4);
    await writeFile(file, bytes);
    await expectPlayable(await transcode(file), SHORT);
  });

  it("of one second", async () => {
    const file = samples.file("second.wav");
    await ffmpeg([...music(1), file]);
    await expectPlayable(await transcode(file), 1);
  });

  it("of many minutes, encoded in one run", async () => {
    const seconds = runs(120);
    const file = samples.file("long.flac");
    await writeLongMusic(file, seconds);
    await expectPlayable(await transcode(file), seconds);
  });

  it("in MP3 and FLAC too when asked for", async () => {
    const file = samples.file("asked.flac");
    await ffmpeg([...music(SHORT, { rate: 48_000 }), "-sample_fmt", "s32", file]);
    const sound = await transcode(file, ["aac", "opus", "mp3", "flac"]);
    const extra = sound.variants.filter(({ format }) => format === "mp3" || format === "flac");
    expect(extra.map(({ kind, format, type }) => [kind, format, type])).toEqual([
      ["rendition", "flac", "audio/flac"],
      ["rendition", "mp3", "audio/mpeg"],
    ]);
    for (const variant of extra) {
      const found = await judge(await downloadVariant(variant, samples.file(`extra.${variant.format}`)));
      expect(found.loudness).toBeCloseTo(TARGET_LOUDNESS_LUFS, 0);
      expect(Math.abs(found.seconds - SHORT)).toBeLessThan(0.1);
    }
  });
});

describe("a sound is refused", () => {
  async function sampleOf(name: string, args: string[]): Promise<string> {
    const file = samples.file(name);
    await ffmpeg([...args, file]);
    return file;
  }

  it("silence", async () => {
    expectRefused(
      await transcode(await sampleOf("silence.wav", ["-f", "lavfi", "-i", "anullsrc=d=5"])),
      "silent",
    );
  });

  it("shorter than a second", async () => {
    expectRefused(await transcode(await sampleOf("short.wav", music(0.4))), "too_short");
  });

  it("longer than two hours", async () => {
    const args = ["-f", "lavfi", "-i", "sine=r=8000:d=7300", "-c:a", "pcm_u8"];
    expectRefused(await transcode(await sampleOf("long.wav", args)), "too_long");
  });

  it.each(["wav", "flac", "m4a"])("cut off: %s", async (type) => {
    const file = await sampleOf(`cut.${type}`, [
      ...music(20),
      ...(type === "m4a" ? ["-movflags", "+faststart"] : []),
    ]);
    await truncate(file, Math.floor((await readFile(file)).length / 2));
    expectRefused(await transcode(file), "damaged");
  });

  it.each<[string, string | Buffer]>([
    ["no bytes", ""],
    ["a text", "Not a sound, whatever its name says.\n".repeat(100)],
    ["noise", createHash("sha256").update("seed").digest().toString("hex").repeat(200)],
    ["a header alone", Buffer.from("RIFF\xff\xff\xff\xffWAVEfmt ", "latin1")],
  ])("%s", async (_, content) => {
    const file = samples.file("bad.mp3");
    await writeFile(file, content);
    // The store has no empty blobs to download, and neither has an upload.
    const sound = await transcode(file);
    expect(sound.track?.status).toBe("failed");
    expect(["damaged", "wrong_type", "too_short"]).toContain(sound.problem);
    expect(sound.variants).toEqual([]);
  });

  it("a video without sound", async () => {
    const file = samples.file("mute.mp4");
    await ffmpeg(["-f", "lavfi", "-i", "testsrc=d=2:s=128x72", "-c:v", "libx264", file]);
    expectRefused(await transcode(file), "wrong_type");
  });

  it("playlists and lists of files, to the network and to this machine: nothing is opened", async () => {
    const connections: string[] = [];
    const listener = createServer((socket) => {
      connections.push(socket.remoteAddress ?? "");
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const address = listener.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const secret = await sampleOf("secret.wav", music(5));
    const remote = `http://127.0.0.1:${port}/secret.wav`;
    const hls = (url: string) =>
      `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${url}\n#EXT-X-ENDLIST\n`;
    const lists: Record<string, string> = {
      "a.m3u8": hls(remote),
      "b.mp3": hls(remote),
      "c.m3u8": hls(`file://${secret}`),
      "d.txt": `ffconcat version 1.0\nfile '${secret}'\n`,
      "e.wav": `ffconcat version 1.0\nfile '${remote}'\n`,
      "f.mpd": `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation id="1"><BaseURL>${remote}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      "g.sdp": `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio ${port} RTP/AVP 0\n`,
    };
    for (const [name, text] of Object.entries(lists)) {
      const file = samples.file(name);
      await writeFile(file, text);
      const sound = await transcode(file);
      expect(sound.track?.status, name).toBe("failed");
      expect(sound.variants, name).toEqual([]);
    }
    expect(connections).toEqual([]);
    // The listener would have noticed.
    await fetch(remote).catch(() => {});
    expect(connections.length).toBeGreaterThan(0);
    await new Promise((resolve) => listener.close(resolve));
  });
});
