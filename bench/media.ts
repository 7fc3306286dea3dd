import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Engine } from "@/lib/media/transcode/engine";
import { planGain } from "@/lib/media/transcode/loudness";
import { music } from "@/tests/support/factories/sound-samples";
import { comparePictures } from "./media-pictures";
import { countPlay } from "./media-play";

/**
 * `npm run bench:media`: what sound costs beside the system's `ffmpeg`, which makes the same renditions from the same
 * file: AAC and Opus, each with its preview, at the same bit rates. Turns are interleaved; the report has the medians of
 * processor time, which a busy machine changes less than the time that passes. Then covers beside sharp alone, and what
 * one play costs, for which it starts the production build (`npm run build` first).
 */

const ROUNDS = Number(process.env.ROUNDS ?? 3);
/** Of the track. */
const SECONDS = Number(process.env.SECONDS ?? 180);
const LIMIT_MS = 600_000;
const BIT_RATES = { aac: "192k", opus: "128k" } as const;
const EXTENSIONS = { aac: "m4a", opus: "ogg" } as const;
const PREVIEW_SECONDS = 30;

const run = promisify(execFile);
const folder = await mkdtemp(path.join(tmpdir(), "normaldance-bench-"));
const file = (name: string) => path.join(folder, name);
const original = file("original.wav");
await ffmpeg([...music(SECONDS), original]);

type Costs = Record<"transcoder" | "renditions alone" | "measured too", number>;
const rounds: Costs[] = [];
try {
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      transcoder: await processorSeconds(transcode),
      "renditions alone": await processorSeconds(() => encodeByFfmpeg(0)),
      "measured too": await processorSeconds(measureAndEncodeByFfmpeg),
    });
  }
  report();
} finally {
  await rm(folder, { recursive: true, force: true });
}
await comparePictures(ROUNDS);
await countPlay();

/** Measures, encodes, measures what was made, and joins: all that the tasks of a track do, without the stores. */
async function transcode(): Promise<void> {
  const limit = { limitMs: LIMIT_MS };
  const measuring = new Engine(new AbortController().signal);
  const { peaks: _, ...level } = await measuring.run(
    "measure",
    { input: original, minSeconds: 1, maxSeconds: 7_200 },
    limit,
  );
  await measuring.close();
  for (const format of ["aac", "opus"] as const) {
    const engine = new Engine(new AbortController().signal);
    const gain = planGain(level, format);
    const excerpts = [
      undefined,
      { fromSeconds: level.seconds / 3, seconds: PREVIEW_SECONDS, fadeSeconds: 0.5 },
    ];
    for (const [index, excerpt] of excerpts.entries()) {
      const part = file(`${index}.mka`);
      const encoding = { input: original, output: part, format, gain, ...(excerpt ? { excerpt } : {}) };
      const { samples, sampleRate, padding } = await engine.run("encode", encoding, limit);
      await engine.run("verify", { input: part, ceiling: -1 }, limit);
      const output = file(`${index}.${EXTENSIONS[format]}`);
      await engine.run("join", { parts: [part], output, format, samples, sampleRate, padding }, limit);
    }
    await engine.close();
  }
}

async function encodeByFfmpeg(gain: number): Promise<void> {
  for (const format of ["aac", "opus"] as const) {
    const codec = ["-c:a", format === "opus" ? "libopus" : "aac", "-b:a", BIT_RATES[format]];
    const start = ["-movflags", "+faststart"].filter(() => format === "aac");
    const volume = ["-af", `volume=${gain}dB`];
    const excerpt = ["-ss", String(SECONDS / 3), "-t", String(PREVIEW_SECONDS)];
    await ffmpeg(["-i", original, ...volume, ...codec, ...start, file(`plain.${EXTENSIONS[format]}`)]);
    await ffmpeg([
      ...excerpt,
      "-i",
      original,
      ...volume,
      ...codec,
      ...start,
      file(`short.${EXTENSIONS[format]}`),
    ]);
  }
}

/** The same with the loudness measured before and the true peak after, as the tasks do. */
async function measureAndEncodeByFfmpeg(): Promise<void> {
  const measure = (input: string) => ffmpeg(["-i", input, "-af", "ebur128=peak=true", "-f", "null", "-"]);
  await measure(original);
  await encodeByFfmpeg(-3);
  for (const extension of Object.values(EXTENSIONS)) await measure(file(`plain.${extension}`));
}

async function ffmpeg(args: string[]): Promise<void> {
  await run("ffmpeg", ["-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1", "-y", ...args]);
}

/** Processor time of the child processes that the work starts and waits for. */
async function processorSeconds(work: () => Promise<void>): Promise<number> {
  const before = childSeconds();
  await work();
  return childSeconds() - before;
}

/** User and system time of this process's ended children, from `/proc`. */
function childSeconds(): number {
  const stat = execFileSync("cat", [`/proc/${process.pid}/stat`], { encoding: "utf8" });
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function median(name: keyof Costs): number {
  const values = rounds.map((costs) => costs[name]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}

function report(): void {
  const ours = median("transcoder");
  console.log(
    `One track of ${SECONDS} s, AAC and Opus with previews, ${ROUNDS} rounds, median processor time:`,
  );
  for (const name of ["transcoder", "renditions alone", "measured too"] as const) {
    const seconds = median(name);
    const whose = name === "transcoder" ? "the transcoder" : `plain ffmpeg, ${name}`;
    console.log(
      `  ${whose}: ${seconds.toFixed(2)} s; the transcoder is ${(ours / seconds).toFixed(2)} times that`,
    );
  }
  console.log(
    `  two hours at that rate: ${((ours / SECONDS) * 7_200).toFixed(0)} s of processor time in all tasks`,
  );
}
