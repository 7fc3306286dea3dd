import { expect, it } from "vitest";
import { TagReader } from "@/lib/media/read-tags";
import type { SoundType } from "@/lib/media/sound-types";
import { endlessOgg, silentMp3, withId3 } from "@/tests/support/factories/uploads";

const MEGABYTE = 1024 * 1024;
const ID3_BYTES = 0x0f_ff_ff_ff;

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += MEGABYTE) yield bytes.subarray(at, at + MEGABYTE);
}

/** An ID3 tag of the greatest length that can be announced: one picture. */
function* greatestId3(): Generator<Uint8Array> {
  yield Buffer.from("ID3\x03\0\0\x7f\x7f\x7f\x7fAPIC\x0f\xff\xff\xf0\0\0\x03image/png\0\x03\0", "latin1");
  for (let at = 0; at < ID3_BYTES; at += MEGABYTE) yield new Uint8Array(MEGABYTE);
  yield silentMp3(2);
}

async function read(type: SoundType, chunks: Iterable<Uint8Array>, bytes: number) {
  const reader = new TagReader(type, bytes);
  try {
    for (const chunk of chunks) await reader.write(chunk);
    reader.end();
    return await reader.tags;
  } finally {
    await reader.close();
  }
}

it("tags are read in a process of its own", async () => {
  const mp3 = withId3(silentMp3(2), { title: "Tide", artist: "Summer", bpm: 120 });
  expect(await read("audio/mpeg", chunksOf(mp3), mp3.length)).toMatchObject({ title: "Tide", bpm: 120 });
});

it.each<[string, SoundType, () => Iterable<Uint8Array>, number]>([
  ["time", "audio/ogg", () => chunksOf(endlessOgg(150_000)), 150_000 * 29],
  ["memory", "audio/mpeg", greatestId3, ID3_BYTES + 10 + silentMp3(2).length],
])(
  "a sound whose tags take more %s than there is has none, and is not refused",
  async (_, type, chunks, bytes) => {
    expect(await read(type, chunks(), bytes)).toMatchObject({ title: null, durationMs: null, picture: null });
  },
);
