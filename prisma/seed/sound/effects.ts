import { Filter } from "./filter";
import { createRandom, createSound, SAMPLE_RATE, type Sound, toFrames } from "./sound";

/** Echoes that change sides. @param seconds  between two of them */
export function pingPong(dry: Sound, seconds: number, feedback: number): Sound {
  const wet = createSound(dry.left.length);
  const delay = toFrames(seconds);
  const [left, right] = [new Filter(3_000), new Filter(3_000)];
  for (let i = delay; i < dry.left.length; i += 1) {
    const input = 0.5 * ((dry.left[i - delay] ?? 0) + (dry.right[i - delay] ?? 0));
    left.process(input + feedback * (wet.right[i - delay] ?? 0));
    right.process(feedback * (wet.left[i - delay] ?? 0));
    wet.left[i] = left.low;
    wet.right[i] = right.low;
  }
  return wet;
}

/** Lengths of the combs and all-passes at 44.1 kHz, of Jezar's Freeverb. */
const COMBS = [1_116, 1_277, 1_422, 1_617];
const ALL_PASSES = [556, 441];
const STEREO_SPREAD = 23;

/** A room. @param size  0 to 1: how long it rings */
export function reverb(dry: Sound, size: number): Sound {
  const input = new Float32Array(dry.left.length);
  const highPass = new Filter(220);
  for (let i = 0; i < input.length; i += 1) {
    highPass.process(0.5 * ((dry.left[i] ?? 0) + (dry.right[i] ?? 0)));
    input[i] = highPass.high * 0.12;
  }
  return { left: ring(input, size, 0), right: ring(input, size, STEREO_SPREAD) };
}

function ring(input: Float32Array, size: number, spread: number): Float32Array {
  const out = new Float32Array(input.length);
  const feedback = 0.72 + 0.24 * size;
  for (const length of COMBS) {
    const buffer = new Float32Array(length + spread);
    let [at, damped] = [0, 0];
    for (let i = 0; i < input.length; i += 1) {
      const value = buffer[at] ?? 0;
      damped = value * 0.7 + damped * 0.3;
      buffer[at] = (input[i] ?? 0) + damped * feedback;
      out[i] = (out[i] ?? 0) + value;
      at = at + 1 === buffer.length ? 0 : at + 1;
    }
  }
  for (const length of ALL_PASSES) {
    const buffer = new Float32Array(length + spread);
    let at = 0;
    for (let i = 0; i < input.length; i += 1) {
      const value = buffer[at] ?? 0;
      const x = out[i] ?? 0;
      out[i] = value - x;
      buffer[at] = x + value * 0.5;
      at = at + 1 === buffer.length ? 0 : at + 1;
    }
  }
  return out;
}

/** Turns a sound down at each kick, and up again until the next. @param depth  0 to 1 */
export function duck(sound: Sound, kicks: readonly number[], depth: number): void {
  for (const at of kicks) {
    const start = toFrames(at);
    const length = toFrames(0.22);
    for (let n = 0; n < length && start + n < sound.left.length; n += 1) {
      const gain = 1 - depth * (1 - n / length) ** 2 * Math.min(1, n / 60);
      sound.left[start + n] = (sound.left[start + n] ?? 0) * gain;
      sound.right[start + n] = (sound.right[start + n] ?? 0) * gain;
    }
  }
}

/** Noise of a tape, or of wind. @param hertz  what is above is cut. @param sway  how much it swells, 0 to 1 */
export function addAir(target: Sound, level: number, hertz: number, sway: number, seed: number): void {
  const random = createRandom(seed);
  const [left, right] = [new Filter(hertz, 0.9), new Filter(hertz, 0.9)];
  for (let i = 0; i < target.left.length; i += 1) {
    const t = i / SAMPLE_RATE;
    const swell = 1 - sway + sway * (0.5 + 0.5 * Math.sin(t * 0.7) * Math.sin(t * 0.31 + 1));
    if (sway > 0 && (i & 127) === 0) {
      left.set(hertz * (0.4 + swell), 1.2);
      right.set(hertz * (0.5 + 0.9 * swell), 1.2);
    }
    left.process(random() * 2 - 1);
    right.process(random() * 2 - 1);
    target.left[i] = (target.left[i] ?? 0) + left.low * level * swell;
    target.right[i] = (target.right[i] ?? 0) + right.low * level * swell;
  }
}

/** The highest sample after `finish`: -1.4 dBFS, which leaves room for what lies between samples. */
export const PEAK = 0.85;
/** Root mean square that a track is brought to before its peaks are rounded. */
const TARGET_RMS = 0.17;

/** Brings a track to one loudness, rounds its peaks instead of clipping them, and fades its ends. */
export function finish(sound: Sound, fadeOutSeconds: number): void {
  const frames = sound.left.length;
  const [lowCutLeft, lowCutRight] = [new Filter(28), new Filter(28)];
  let sum = 0;
  for (let i = 0; i < frames; i += 1) {
    lowCutLeft.process(sound.left[i] ?? 0);
    lowCutRight.process(sound.right[i] ?? 0);
    sound.left[i] = lowCutLeft.high;
    sound.right[i] = lowCutRight.high;
    sum += lowCutLeft.high ** 2 + lowCutRight.high ** 2;
  }
  const gain = TARGET_RMS / Math.max(1e-6, Math.sqrt(sum / (2 * frames)));
  const fadeOut = toFrames(fadeOutSeconds);
  for (let i = 0; i < frames; i += 1) {
    const left = Math.min(1, (frames - 1 - i) / fadeOut);
    const fade = Math.min(1, i / 400) * left * Math.sqrt(left);
    for (const channel of [sound.left, sound.right])
      channel[i] = fade * PEAK * Math.tanh(((channel[i] ?? 0) * gain) / PEAK);
  }
}
