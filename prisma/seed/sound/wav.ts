import { createRandom, SAMPLE_RATE, type Sound } from "./sound";

const HEADER_BYTES = 44;

/** A WAV file of 16 bits, with the dither that hides its steps. */
export function encodeWav({ left, right }: Sound): Uint8Array {
  const dataBytes = left.length * 4;
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + dataBytes));
  const text = (at: number, ascii: string) => {
    for (let i = 0; i < ascii.length; i += 1) view.setUint8(at + i, ascii.charCodeAt(i));
  };
  text(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, SAMPLE_RATE, true);
  view.setUint32(28, SAMPLE_RATE * 4, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, dataBytes, true);
  const samples = new Int16Array(view.buffer, HEADER_BYTES);
  const random = createRandom(16);
  for (let i = 0; i < left.length; i += 1) {
    samples[2 * i] = toInteger(left[i] ?? 0, random() - random());
    samples[2 * i + 1] = toInteger(right[i] ?? 0, random() - random());
  }
  return new Uint8Array(view.buffer);
}

const toInteger = (sample: number, dither: number): number =>
  Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767 + dither)));
