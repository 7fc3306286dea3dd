import { afterAll, describe, expect, it } from "vitest";
import { runExitHandlers } from "@/lib/core/at-exit";
import { Engine, EngineCrashError } from "@/lib/media/transcode/engine";
import { createSampleFolder, ffmpeg } from "@/tests/support/factories/sound-samples";
import { killTranscoders } from "@/tests/support/processes/kill-transcoders";

const samples = await createSampleFolder();
afterAll(() => samples.remove());
const long = samples.file("long.wav");
await ffmpeg(["-f", "lavfi", "-i", "sine=f=220:r=44100:d=1800", "-ac", "2", long]);
const step = { input: long, minSeconds: 1, maxSeconds: 7_200 };
const LIMIT_MS = 60_000;

describe("the process that reads strangers' files", () => {
  it("is killed when a step takes longer than its limit", async () => {
    const engine = new Engine(new AbortController().signal);
    await expect(engine.run("measure", step, { limitMs: 200 })).rejects.toThrow(EngineCrashError);
    await engine.close();
  });

  it("is killed when the run is stopped", async () => {
    const stop = new AbortController();
    const engine = new Engine(stop.signal);
    const run = engine.run("measure", step, { limitMs: LIMIT_MS });
    stop.abort(new Error("no time left"));
    await expect(run).rejects.toThrow("transcoding stopped");
    await engine.close();
  });

  it("is killed when its progress is refused, and the refusal is what the step rejects with", async () => {
    const engine = new Engine(new AbortController().signal);
    const refusal = new Error("another delivery took over");
    const onProgress = () => Promise.reject(refusal);
    await expect(engine.run("measure", step, { limitMs: LIMIT_MS, onProgress })).rejects.toBe(refusal);
    await engine.close();
  });

  it.each([
    ["a fault of its own", "SIGSEGV", true],
    ["the end of its processor time", "SIGXCPU", true],
    ["a shutdown", "SIGTERM", false],
    ["a system without memory", "SIGKILL", false],
  ] as const)("crashes by %s or not", async (_, signal, isCrash) => {
    const engine = new Engine(new AbortController().signal);
    const run = engine.run("measure", step, {
      limitMs: LIMIT_MS,
      onProgress: async () => void (await killTranscoders(signal)),
    });
    const error = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error instanceof EngineCrashError).toBe(isCrash);
    await engine.close();
  });

  it.each(
    ["aac", "opus"].flatMap((format) =>
      [8_000, 22_050, 32_000, 44_100].map((rate) => [format, rate] as const),
    ),
  )("encodes an excerpt in %s of a sound at %i Hz that goes on after it", async (format, rate) => {
    const input = samples.file(`excerpt-${rate}.wav`);
    await ffmpeg(["-f", "lavfi", "-i", `sine=f=220:r=${rate}:d=31`, "-ac", "2", input]);
    const engine = new Engine(new AbortController().signal);
    // The last is no whole number of samples: what the filter cuts, it rounds down.
    for (const seconds of [3.2, 10.00001]) {
      const encoded = await engine.run(
        "encode",
        {
          ...{ input, output: samples.file(`excerpt.${format}.mka`), gain: 0 },
          format: format as "aac" | "opus",
          excerpt: { fromSeconds: 31 / 3, seconds, fadeSeconds: 0.5 },
        },
        { limitMs: LIMIT_MS },
      );
      expect(encoded.samples / encoded.sampleRate).toBeCloseTo(seconds, 1);
    }
    await engine.close();
  });

  it("measures where two parts meet: a peak that neither has", async () => {
    const engine = new Engine(new AbortController().signal);
    const [before, after, seam] = ["1.mka", "2.mka", "seam.mka"].map((name) => samples.file(name)) as [
      string,
      string,
      string,
    ];
    const options = { limitMs: LIMIT_MS };
    const encoding = { input: long, format: "aac" } as const;
    const { packets } = await engine.run(
      "encode",
      { ...encoding, output: before, gain: 0, budgetMs: 1 },
      options,
    );
    const {
      samples: length,
      sampleRate,
      padding,
    } = await engine.run(
      "encode",
      { ...encoding, output: after, gain: 12, fromPacket: packets, budgetMs: 1 },
      options,
    );
    const joined = { format: "aac", samples: length, sampleRate, padding } as const;
    await engine.run("join", { parts: [before, after], output: seam, ...joined, around: 50 }, options);
    const peakOf = async (input: string) =>
      (await engine.run("verify", { input, ceiling: -40 }, options)).truePeak ?? -40;
    expect(await peakOf(seam)).toBeGreaterThan(Math.max(await peakOf(before), await peakOf(after)) + 0.5);
    await engine.close();
  });

  it("reports what the disk refuses", async () => {
    const engine = new Engine(new AbortController().signal);
    const encoding = { input: long, output: "/dev/full", format: "aac", gain: 0 } as const;
    await expect(engine.run("encode", encoding, { limitMs: LIMIT_MS })).rejects.toMatchObject({
      code: "ENOSPC",
    });
    await engine.close();
  });

  it("is killed when this process exits, which is no crash", async () => {
    const engine = new Engine(new AbortController().signal);
    const run = engine.run("measure", step, { limitMs: LIMIT_MS, onProgress: () => runExitHandlers() });
    await expect(run).rejects.toThrow("the transcoder was stopped");
    await engine.close();
  });
});
