import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Filter } from "@/prisma/seed/sound/filter";
import { renderTrack } from "@/prisma/seed/sound/render-track";
import { SAMPLE_RATE, type Sound } from "@/prisma/seed/sound/sound";
import { type StyleName, styles } from "@/prisma/seed/sound/styles";
import { encodeWav } from "@/prisma/seed/sound/wav";

/** Borders of the bands in which two tracks are compared, in Hz. */
const BANDS = [90, 250, 700, 2_000, 6_000];

const names = Object.keys(styles) as StyleName[];
const sounds = new Map(names.map((name, index) => [name, renderTrack(styles[name], index + 1)]));

function rms(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

/** Level of each band in dB. */
function spectrumOf({ left }: Sound): number[] {
  return BANDS.map((hertz) => {
    const filter = new Filter(hertz, 2);
    const band = left.map((sample) => {
      filter.process(sample);
      return filter.band;
    });
    return 20 * Math.log10(rms(band));
  });
}

describe("the seed's tracks", () => {
  it("are between 20 and 40 seconds, loud enough, in stereo, and never clip", () => {
    for (const [name, { left, right }] of sounds) {
      const seconds = left.length / SAMPLE_RATE;
      expect(seconds, name).toBeGreaterThan(20);
      expect(seconds, name).toBeLessThan(40);
      for (const channel of [left, right]) {
        const peak = channel.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
        expect(peak, name).toBeGreaterThan(0.4);
        expect(peak, name).toBeLessThan(0.9);
        expect(20 * Math.log10(rms(channel)), name).toBeGreaterThan(-22);
      }
      expect(rms(left.map((sample, i) => sample - (right[i] ?? 0))), name).toBeGreaterThan(0.005);
    }
  });

  it("begin and end in silence, with no silence between and no click", () => {
    for (const [name, { left }] of sounds) {
      expect(Math.abs(left[0] ?? 1), name).toBeLessThan(0.001);
      expect(rms(left.subarray(-SAMPLE_RATE / 20)), name).toBeLessThan(0.002);
      for (let at = 0; at + 3 * SAMPLE_RATE < left.length; at += SAMPLE_RATE)
        expect(rms(left.subarray(at, at + SAMPLE_RATE)), `${name} at ${at / SAMPLE_RATE} s`).toBeGreaterThan(
          0.01,
        );
      const mean = left.reduce((sum, sample) => sum + sample, 0) / left.length;
      expect(Math.abs(mean), name).toBeLessThan(0.001);
    }
  });

  it("differ in their spectrum from style to style", () => {
    const spectra = [...sounds].map(([name, sound]) => ({ name, levels: spectrumOf(sound) }));
    for (const [index, a] of spectra.entries())
      for (const b of spectra.slice(index + 1)) {
        const distance = Math.max(...a.levels.map((level, band) => Math.abs(level - (b.levels[band] ?? 0))));
        expect(distance, `${a.name} and ${b.name}`).toBeGreaterThan(1);
      }
  });

  it("are the same for the same seed, and other pieces for another", () => {
    const hashOf = (seed: number) =>
      createHash("sha256")
        .update(encodeWav(renderTrack(styles.dub, seed)))
        .digest("hex");
    expect(hashOf(5)).toBe(hashOf(5));
    expect(hashOf(6)).not.toBe(hashOf(5));
  });

  it("are WAV files of 16 bits in stereo", () => {
    const sound = sounds.get("dub");
    if (!sound) throw new Error("there is no such style");
    const wav = Buffer.from(encodeWav(sound));
    expect(wav.toString("latin1", 0, 4) + wav.toString("latin1", 8, 16)).toBe("RIFFWAVEfmt ");
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    expect([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([2, SAMPLE_RATE, 16]);
    expect(wav.readUInt32LE(40)).toBe(sound.left.length * 4);
    const frame = 100_000;
    expect(wav.readInt16LE(44 + frame * 4) / 32_767).toBeCloseTo(sound.left[frame] ?? 0, 3);
  });
});
