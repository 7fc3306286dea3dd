import { PassThrough, type Readable } from "node:stream";
import { toOneLine } from "../core/text";
import { MAX_COVER_BYTES, MAX_TRACK_SECONDS } from "../schemas/limits";
import { FileRefusedError } from "./file-refused-error";
import type { SoundType } from "./sound-types";

/** What a sound's container says, before anything is decoded. */
export interface SoundTags {
  /** Null when the container does not say; the transcoder measures it. */
  durationMs: number | null;
  sampleRate: number | null;
  channels: number | null;
  title: string | null;
  artist: string | null;
  bpm: number | null;
  /** The picture within the file. */
  picture: Uint8Array | null;
}

/** Encoders cut up to a tenth off the shortest track, and add as much to the longest one. */
const MIN_TRACK_SECONDS = 0.9;
const LENGTH_TOLERANCE_SECONDS = 1;
const MAX_TAG_LENGTH = 200;
const BPM_RANGE = { min: 20, max: 400 };

/**
 * Reads a sound's tags and length as its bytes arrive. The caller goes on feeding the stream after the promise has
 * settled, or destroys it.
 *
 * @throws {FileRefusedError} wrong_type for a video; damaged, too_long, too_short
 */
export async function readTags(source: Readable, type: SoundType, bytes: number): Promise<SoundTags> {
  const { parseStream, selectCover } = await import("music-metadata");
  const input = type === "audio/wav" ? source.pipe(toPlainRiff()) : source;
  const { format, common } = await parseStream(
    input,
    { mimeType: type, size: bytes },
    // The length of an MP3 without an index is known at its end.
    { duration: true },
  ).catch((cause: unknown) => {
    throw new FileRefusedError("damaged", { cause });
  });
  if (format.hasVideo || format.hasAudio === false) throw new FileRefusedError("wrong_type");
  if (format.container === undefined || (type === "audio/mpeg" && !isLayer3(format.codec)))
    throw new FileRefusedError("damaged");
  const seconds = format.duration;
  if (seconds !== undefined && seconds > MAX_TRACK_SECONDS + LENGTH_TOLERANCE_SECONDS)
    throw new FileRefusedError("too_long");
  if (seconds !== undefined && seconds < MIN_TRACK_SECONDS) throw new FileRefusedError("too_short");
  const picture = selectCover(common.picture)?.data ?? null;
  return {
    durationMs: seconds === undefined ? null : Math.round(seconds * 1_000),
    sampleRate: toInteger(format.sampleRate),
    channels: toInteger(format.numberOfChannels),
    title: toTagText(common.title),
    artist: toTagText(common.artist),
    bpm: toBpm(common.bpm),
    picture: picture && picture.length <= MAX_COVER_BYTES ? picture : null,
  };
}

function isLayer3(codec: string | undefined): boolean {
  return /layer 3/i.test(codec ?? "");
}

/**
 * RF64 is RIFF with its length in another chunk, and programs that could not go back wrote none. The length of the stream is
 * known, and a parser that reads a too great length stops at the end.
 */
function toPlainRiff(): PassThrough {
  let position = 0;
  const header = Buffer.from("RIFF\xff\xff\xff\xff", "latin1");
  return new PassThrough({
    transform(chunk: Buffer, _, done) {
      if (position >= header.length) return done(null, chunk);
      const patched = Buffer.from(chunk);
      header.copy(patched, 0, position, Math.min(header.length, position + chunk.length));
      position += chunk.length;
      done(null, patched);
    },
  });
}

function toInteger(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? Math.round(value) : null;
}

/** A tag as one line without what a database cannot store; null for an empty one. */
function toTagText(tag: string | undefined): string | null {
  const text = toOneLine((tag ?? "").replace(/[\0\p{Surrogate}]/gu, "")).trim();
  return [...text].slice(0, MAX_TAG_LENGTH).join("").trim() || null;
}

function toBpm(tag: number | undefined): number | null {
  const bpm = Math.round(Number(tag));
  return bpm >= BPM_RANGE.min && bpm <= BPM_RANGE.max ? bpm : null;
}
