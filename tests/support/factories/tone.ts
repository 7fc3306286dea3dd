const RATE = 8_000;
const HEADER_BYTES = 44;
const MIDDLE = 128;

/** A WAV file with a quiet tone: mono, 8 bit, 8 kHz. */
export function tone(seconds: number): Buffer {
  const data = Buffer.alloc(RATE * seconds);
  for (let n = 0; n < data.length; n++) data[n] = MIDDLE + Math.round(60 * Math.sin(n / 5));
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("RIFF", 0);
  header.writeUInt32LE(HEADER_BYTES - 8 + data.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
