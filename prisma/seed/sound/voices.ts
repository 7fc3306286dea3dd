import { Filter } from "./filter";
import { addTo, createRandom, frameRange, perFrame, SAMPLE_RATE, type Sound, sine, toHertz } from "./sound";

// The loops are written out: variables that a closure changes are allocated again at each change.

/** A note: MIDI number, begin and length in seconds, loudness 0 to 1. */
export interface Note {
  note: number;
  at: number;
  length: number;
  level: number;
}

/** Rises from 0 to 1, holds, falls after the note's length. Seconds. */
function envelope(t: number, length: number, attack: number, release: number): number {
  if (t < attack) return t / attack;
  if (t < length) return 1;
  return Math.max(0, 1 - (t - length) / release) ** 2;
}

/** A saw without the harshness of a digital one: the step is rounded (PolyBLEP). Phase and step in cycles. */
function saw(phase: number, step: number): number {
  let value = 2 * phase - 1;
  if (phase < step) {
    const x = phase / step;
    value -= x + x - x * x - 1;
  } else if (phase > 1 - step) {
    const x = (phase - 1) / step;
    value -= x * x + x + x + 1;
  }
  return value;
}

const advance = (phase: number, step: number): number => {
  const next = phase + step;
  return next >= 1 ? next - 1 : next;
};

/** @param bright  Hz that the filter opens by at the attack */
export function addBass(target: Sound, { note, at, length, level }: Note, bright = 700): void {
  const step = toHertz(note) / SAMPLE_RATE;
  const filter = new Filter(200);
  let [phase, sub] = [0, 0];
  const [start, end] = frameRange(target, at, length + 0.08);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    if ((i & 31) === 0) filter.set(140 + bright * Math.exp(-t / 0.12), 0.9);
    phase = advance(phase, step);
    sub = advance(sub, step);
    filter.process(saw(phase, step));
    const value = 0.7 * filter.low + 0.5 * sine(sub);
    const out = level * value * envelope(t, length, 0.006, 0.07);
    addTo(target, i, out, out);
  }
}

/** Slow, wide chords: left and right are detuned against each other. */
export function addPad(target: Sound, { note, at, length, level }: Note, cutoff = 1_100): void {
  const step = toHertz(note) / SAMPLE_RATE;
  const steps = [step * 0.9965, step * 1.0012, step * 0.9988, step * 1.0035] as const;
  const phases = new Float64Array([0.13, 0.57, 0.31, 0.83]);
  const [left, right] = [new Filter(cutoff), new Filter(cutoff)];
  const attack = Math.min(0.5, length / 3);
  const [start, end] = frameRange(target, at, length + 0.9);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    if ((i & 63) === 0) {
      const hertz = cutoff * (1 + 0.35 * Math.sin(2 * Math.PI * 0.13 * (at + t)));
      left.set(hertz);
      right.set(hertz * 1.06);
    }
    for (let n = 0; n < 4; n += 1) phases[n] = advance(phases[n] ?? 0, steps[n] ?? step);
    left.process(saw(phases[0] ?? 0, steps[0]) + saw(phases[1] ?? 0, steps[1]));
    right.process(saw(phases[2] ?? 0, steps[2]) + saw(phases[3] ?? 0, steps[3]));
    const gain = level * 0.35 * envelope(t, length, attack, 0.9);
    addTo(target, i, left.low * gain, right.low * gain);
  }
}

/** A short chord of a synthesiser, as in house: bright at the attack. */
export function addStab(target: Sound, { note, at, length, level }: Note, bright = 2_600): void {
  const step = toHertz(note) / SAMPLE_RATE;
  const [left, right] = [new Filter(400), new Filter(400)];
  let [a, b] = [0.2, 0.7];
  const [start, end] = frameRange(target, at, length + 0.25);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    if ((i & 31) === 0) {
      const hertz = 350 + bright * Math.exp(-t / 0.09);
      left.set(hertz, 1.1);
      right.set(hertz, 1.1);
    }
    a = advance(a, step * 0.998);
    b = advance(b, step * 1.002);
    left.process(saw(a, step));
    right.process(saw(b, step));
    const gain = level * 0.5 * envelope(t, length, 0.004, 0.22);
    addTo(target, i, left.low * gain, right.low * gain);
  }
}

/** An electric piano by frequency modulation: the harder, the more of the tine. */
export function addKeys(target: Sound, { note, at, length, level }: Note): void {
  const step = toHertz(note) / SAMPLE_RATE;
  let phase = 0;
  // Phase is in cycles, so the depths of modulation are parts of one.
  let [tine, colour, loudness] = [0.055 * level, 0.175, 0.5 * level];
  const [tineFall, colourFall, loudnessFall] = [perFrame(0.05), perFrame(0.5), perFrame(1.4)];
  const [start, end] = frameRange(target, at, length + 0.5);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    phase += step;
    tine *= tineFall;
    colour *= colourFall;
    loudness *= loudnessFall;
    const body = sine(phase + colour * sine(phase) + tine * sine(phase * 14));
    const out = loudness * body * envelope(t, length, 0.004, 0.45);
    const tremolo = 0.18 * sine(4.2 * (at + t));
    addTo(target, i, out * (1 - tremolo), out * (1 + tremolo));
  }
}

export function addBell(target: Sound, { note, at, length, level }: Note): void {
  const step = toHertz(note) / SAMPLE_RATE;
  let phase = 0;
  let [colour, loudness] = [0.2, 0.4 * level];
  const [colourFall, loudnessFall] = [perFrame(0.18), perFrame(0.55)];
  const seconds = Math.max(length, 0.5) + 0.9;
  const [start, end] = frameRange(target, at, seconds);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    phase += step;
    colour *= colourFall;
    loudness *= loudnessFall;
    const fade = Math.min(1, t / 0.003) * (1 - t / seconds);
    const out = loudness * fade * sine(phase + colour * sine(phase * 3.01));
    addTo(target, i, out * 0.8, out * 1.1);
  }
}

/** A plucked string (Karplus and Strong): noise in a loop as long as a period, which loses its edge. */
export function addString(target: Sound, { note, at, length, level }: Note, damping = 0.5): void {
  const period = SAMPLE_RATE / toHertz(note) - 0.5;
  const size = Math.floor(period);
  const fraction = period - size;
  const loop = new Float32Array(size + 1);
  const random = createRandom(note * 7_919 + Math.round(at * 1_000));
  let smooth = 0;
  for (let i = 0; i < loop.length; i += 1) {
    smooth += 0.3 * (random() * 2 - 1 - smooth);
    loop[i] = smooth;
  }
  let index = 0;
  let last = 0;
  const [start, end] = frameRange(target, at, length + 0.7);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    const next = (index + 1) % loop.length;
    const now = (loop[index] ?? 0) * (1 - fraction) + (loop[next] ?? 0) * fraction;
    loop[index] = 0.9965 * ((1 - damping) * now + damping * last);
    last = now;
    index = next;
    const out = level * 1.7 * now * envelope(t, length, 0.001, 0.65);
    addTo(target, i, out * 1.1, out * 0.85);
  }
}

/** A soft whistle with a late vibrato. */
export function addFlute(target: Sound, { note, at, length, level }: Note): void {
  const step = toHertz(note) / SAMPLE_RATE;
  const random = createRandom(note + Math.round(at * 977));
  const breath = new Filter(toHertz(note) * 2, 2);
  let phase = 0;
  const [start, end] = frameRange(target, at, length + 0.3);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    phase += step * (1 + 0.006 * Math.min(1, t / 0.6) * sine(5.1 * t));
    breath.process(random() * 2 - 1);
    const tone = sine(phase) + 0.22 * sine(2 * phase) + 0.07 * sine(3 * phase);
    const out = level * 0.32 * (tone + 0.1 * breath.band) * envelope(t, length, 0.07, 0.28);
    addTo(target, i, out * 0.9, out);
  }
}
