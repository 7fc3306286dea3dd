import { Filter } from "./filter";
import { addTo, frameRange, perFrame, SAMPLE_RATE, type Sound, sine } from "./sound";

/** One hit: where it begins (s), how loud (0 to 1). */
interface Hit {
  at: number;
  level: number;
}

/** @param decay  seconds until it is at a third; @param pitch  Hz at its end */
export function addKick(target: Sound, { at, level }: Hit, { decay = 0.16, pitch = 48 } = {}): void {
  let [phase, loudness, drop] = [0, level, pitch * 4.5];
  const [fall, dropFall] = [perFrame(decay), perFrame(0.022)];
  const [start, end] = frameRange(target, at, decay * 6);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    loudness *= fall;
    drop *= dropFall;
    phase += (pitch + drop) / SAMPLE_RATE;
    const value = loudness * Math.min(1, t / 0.001) * Math.tanh(1.6 * sine(phase));
    addTo(target, i, value * 0.74, value * 0.74);
  }
}

export function addSnare(target: Sound, { at, level }: Hit, random: () => number, decay = 0.11): void {
  const filter = new Filter(2_100, 0.9);
  let [phase, drop, rattle, skin] = [0, 90, 0.55 * level, 0.5 * level];
  const [dropFall, rattleFall, skinFall] = [perFrame(0.015), perFrame(decay), perFrame(0.06)];
  const [start, end] = frameRange(target, at, decay * 6);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    filter.process(random() * 2 - 1);
    drop *= dropFall;
    rattle *= rattleFall;
    skin *= skinFall;
    phase += (175 + drop) / SAMPLE_RATE;
    const value = Math.min(1, t / 0.001) * (rattle * (filter.band + 0.4 * filter.high) + skin * sine(phase));
    addTo(target, i, value * 0.72, value * 0.72);
  }
}

export function addClap(target: Sound, { at, level }: Hit, random: () => number): void {
  const filter = new Filter(1_350, 1.4);
  const [start, end] = frameRange(target, at, 0.5);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    filter.process(random() * 2 - 1);
    // Three hands, and then the room.
    const burst = t < 0.03 ? Math.exp(-(t % 0.01) / 0.004) : Math.exp(-(t - 0.03) / 0.09);
    const value = level * 0.9 * filter.band * burst;
    addTo(target, i, value * 0.76, value * 0.65);
  }
}

export function addHat(
  target: Sound,
  { at, level }: Hit,
  random: () => number,
  { open = false, tone = 7_500 } = {},
): void {
  const [first, second] = [new Filter(tone, 0.8), new Filter(tone, 0.8)];
  const decay = open ? 0.14 : 0.026;
  const fall = perFrame(decay);
  let loudness = 0.38 * level;
  const [start, end] = frameRange(target, at, decay * 6);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    first.process(random() * 2 - 1);
    second.process(first.high);
    loudness *= fall;
    const value = loudness * Math.min(1, t / 0.001) * second.high;
    addTo(target, i, value * 0.57, value * 0.82);
  }
}

/** A soft tick, as of a shaker. */
export function addShaker(target: Sound, { at, level }: Hit, random: () => number): void {
  const filter = new Filter(5_200, 1.1);
  const [start, end] = frameRange(target, at, 0.12);
  for (let i = start; i < end; i += 1) {
    const t = (i - start) / SAMPLE_RATE;
    filter.process(random() * 2 - 1);
    const value = level * 0.5 * filter.band * Math.min(1, t / 0.018) * Math.exp(-t / 0.035);
    addTo(target, i, value * 0.85, value * 0.52);
  }
}
