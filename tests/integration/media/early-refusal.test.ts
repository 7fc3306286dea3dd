import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { examineSound } from "@/lib/media/examine-sound";
import { createPerson } from "@/tests/support/factories/people";
import { enableTranscoding, upload } from "@/tests/support/factories/uploads";

const SAMPLE_RATE = 44_100;

/** A FLAC whose header declares a length, and whose frames are zeros. */
function flac(seconds: number, bytes: number): Buffer {
  const info = Buffer.alloc(34);
  info.writeUInt16BE(4_096, 0);
  info.writeUInt16BE(4_096, 2);
  // Sample rate in 20 bits, channels - 1 in 3, bits a sample - 1 in 5, samples in 36.
  const samples = BigInt(seconds * SAMPLE_RATE);
  info.writeBigUInt64BE((BigInt(SAMPLE_RATE) << 44n) | (1n << 41n) | (15n << 36n) | samples, 10);
  const head = Buffer.concat([Buffer.from("fLaC"), Buffer.from([0x80, 0, 0, info.length]), info]);
  return Buffer.concat([head, Buffer.from([0xff, 0xf8, 0xc9, 0x18]), Buffer.alloc(bytes)]);
}

it("a sound whose head already makes it unusable is not read to its end", async () => {
  enableTranscoding();
  const sound = flac(3 * 3_600, 4 * 1024 * 1024);
  const id = await upload(await createPerson("artist"), "audio", sound, "long.flac");
  const { pathname } = await db().mediaFile.findUniqueOrThrow({ where: { id } });
  let read = 0;
  const onRead = async (bytes: number) => {
    read = bytes;
  };
  const { signal } = new AbortController();
  const examined = examineSound({ pathname, bytes: sound.length }, { signal, onRead });
  await expect(examined).rejects.toMatchObject({ problem: "too_long" });
  expect(read).toBeLessThan(sound.length / 2);
});
