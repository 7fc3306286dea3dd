import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/**
 * Sounds made on the spot by the system's `ffmpeg`, which also judges what the transcoder makes of them: it shares no
 * code with it but FFmpeg's own, in another version.
 */

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export async function ffmpeg(args: readonly string[]): Promise<string> {
  try {
    const { stderr } = await run("ffmpeg", ["-nostdin", "-hide_banner", "-y", ...args], {
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stderr;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error("this test needs `ffmpeg`, to make sounds and to measure them: apt-get install ffmpeg");
    throw error;
  }
}

/** A folder for samples. Call `remove` at the end. */
export async function createSampleFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), "normaldance-samples-"));
  return {
    file: (name: string) => path.join(folder, name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Chords and a beat of noise, as `-f lavfi -i`; the level of music before mastering. */
export function music(seconds: number, { rate = 44_100, level = 0.3, channels = 2 } = {}): string[] {
  const note = (hertz: number, phase: number) =>
    `${level}*sin(2*PI*${hertz}*t+${phase})*(0.6+0.4*sin(2*PI*0.5*t))`;
  const beat = `${level}*(random(0)-0.5)*exp(-8*mod(t,0.5))`;
  const voice = (index: number) => `${note(110 * (index + 2), index)}*0.5+${note(55, 0)}*0.4+${beat}`;
  const voices = Array.from({ length: channels }, (_, index) => voice(index)).join("|");
  const layouts = ["", "mono", "stereo", "3.0", "quad", "5.0", "5.1"];
  return ["-f", "lavfi", "-i", `aevalsrc=exprs='${voices}':s=${rate}:d=${seconds}:c=${layouts[channels]}`];
}

/** Seconds after which long music repeats: to compute all of it takes longer than to transcode it. */
const LOOP_SECONDS = 10;

/** Writes music of minutes. */
export async function writeLongMusic(file: string, seconds: number): Promise<void> {
  const loop = `${file}.loop.wav`;
  await ffmpeg([...music(LOOP_SECONDS), loop]);
  await ffmpeg(["-stream_loop", "-1", "-i", loop, "-t", String(seconds), file]);
}

export interface Judgement {
  /** LUFS */
  loudness: number;
  /** dBTP */
  truePeak: number;
  /** Decoded. */
  seconds: number;
}

/** Measures a file with the system's `ffmpeg`. */
export async function judge(file: string): Promise<Judgement> {
  if (!existsSync(file)) throw new Error(`there is no ${file}`);
  const report = await ffmpeg(["-i", file, "-vn", "-af", "ebur128=peak=true", "-f", "null", "-"]);
  const summary = report.slice(report.lastIndexOf("Summary:"));
  const number = (pattern: RegExp) => Number(pattern.exec(summary)?.[1] ?? Number.NaN);
  const [, hours = "", minutes = "", seconds = ""] =
    [...report.matchAll(/time=(\d+):(\d+):([\d.]+)/g)].at(-1) ?? [];
  return {
    loudness: number(/I:\s+(-?[\d.]+) LUFS/),
    truePeak: number(/Peak:\s+(-?[\d.]+|-inf) dBFS/),
    seconds: Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds),
  };
}
