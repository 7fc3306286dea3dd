/** Frames a second. */
export const SAMPLE_RATE = 44_100;

/** Stereo samples; 1 is full scale. */
export interface Sound {
  left: Float32Array;
  right: Float32Array;
}

export function createSound(frames: number): Sound {
  return { left: new Float32Array(frames), right: new Float32Array(frames) };
}

export const toFrames = (seconds: number): number => Math.round(seconds * SAMPLE_RATE);

/** Frequency of a MIDI note: 69 is 440 Hz. */
export const toHertz = (note: number): number => 440 * 2 ** ((note - 69) / 12);

/** Adds one sound to another. */
export function mix(target: Sound, source: Sound, gain: number): void {
  addChannel(target.left, source.left, gain);
  addChannel(target.right, source.right, gain);
}

function addChannel(target: Float32Array, source: Float32Array, gain: number): void {
  for (let i = 0; i < target.length; i += 1) target[i] = (target[i] ?? 0) + (source[i] ?? 0) * gain;
}

/** Numbers from 0 to 1, the same for the same seed (xorshift). */
export function createRandom(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

/** What a level is multiplied by in each frame to fall to a third in so many seconds. */
export const perFrame = (seconds: number): number => Math.exp(-1 / (seconds * SAMPLE_RATE));

const SINE_STEPS = 4_096;
const sines = Float32Array.from({ length: SINE_STEPS }, (_, i) => Math.sin((2 * Math.PI * i) / SINE_STEPS));

/** The sine of a phase in cycles, not in radians, to about 60 dB and several times as fast as `Math.sin`. */
export const sine = (cycles: number): number =>
  sines[Math.floor(cycles * SINE_STEPS) & (SINE_STEPS - 1)] ?? 0;

/** The frames of a sound from a time on; its end is the sound's at the latest. */
export function frameRange(target: Sound, at: number, seconds: number): [start: number, end: number] {
  const start = toFrames(at);
  return [start, Math.min(start + toFrames(seconds), target.left.length)];
}

export function addTo(target: Sound, i: number, left: number, right: number): void {
  target.left[i] = (target.left[i] ?? 0) + left;
  target.right[i] = (target.right[i] ?? 0) + right;
}
