import { once } from "node:events";
import { z } from "zod";
import { log } from "../core/log";
import { toOneLine } from "../core/text";
import { MAX_COVER_BYTES, MAX_TRACK_SECONDS } from "../schemas/limits";
import { FileRefusedError } from "./file-refused-error";
import { LimitedProcess } from "./limited-process";
import type { SoundType } from "./sound-types";

/** What a sound's container says, before anything is decoded. */
export interface SoundTags {
  /** Null when the container does not say; the transcoder measures it. */
  durationMs: number | null;
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
/** Before it is made one line without invisible characters. */
const MAX_RAW_TAG_LENGTH = 2_000;
const BPM_RANGE = { min: 20, max: 400 };

/** Of the process that parses: it needs about 100 MB, and a second for 500 MB of frames. */
const LIMITS = {
  heapMegabytes: 128,
  // A tag may announce 256 MB, for which parsers allocate a buffer; the largest picture that is kept has 20 MB.
  residentBytes: 250 * 1024 * 1024,
  dataKilobytes: 1_200_000,
  fileBlocks: 0,
  openFiles: 64,
  processorSeconds: 20,
};
/** The process takes no byte for this long: it is stuck. */
const STUCK_AFTER_MS = 20_000;
const MAX_ANSWER_BYTES = MAX_COVER_BYTES + 64 * 1024;

const number = z.number().nullish();
const text = z.string().nullish();
const answerSchema = z.union([
  z.object({ unreadable: z.string() }),
  z.object({
    format: z.object({
      ...{ hasVideo: z.boolean().nullish(), hasAudio: z.boolean().nullish() },
      ...{ container: text, codec: text, duration: number },
    }),
    ...{ title: text, artist: text, bpm: number },
    pictureBytes: z.int().nonnegative(),
  }),
]);

/**
 * Reads a sound's tags and length as its bytes arrive, in a process of its own: files can be made for which a parser
 * takes hours or all memory. A sound whose tags cannot be read within the limits has none, and is not refused for it.
 */
export class TagReader {
  /**
   * Settles as early as the tags are known.
   * @throws {FileRefusedError} wrong_type for a video; damaged, too_long, too_short. Error when the process was stopped
   */
  readonly tags: Promise<SoundTags>;
  private readonly process: LimitedProcess;

  constructor(type: SoundType, bytes: number) {
    const options = {
      ...{ type, bytes, maxPictureBytes: MAX_COVER_BYTES, maxTextLength: MAX_RAW_TAG_LENGTH },
      maxSeconds: MAX_TRACK_SECONDS + LENGTH_TOLERANCE_SECONDS,
    };
    this.process = new LimitedProcess("lib/media/tag-reader.mjs", [JSON.stringify(options)], LIMITS);
    this.tags = this.receive(type);
    this.tags.catch(() => {});
  }

  /** Passes bytes on, and waits while the process is behind; once it has read enough, until the tags have settled. */
  async write(chunk: Uint8Array): Promise<void> {
    const { stdin } = this.process;
    if (!stdin.writable) return void (await this.tags.catch(() => {}));
    if (stdin.write(chunk)) return;
    const settled = new AbortController();
    const watch = this.watch();
    await Promise.race(
      ["drain", "close"].map((event) => once(stdin, event, { signal: settled.signal }).catch(() => {})),
    );
    settled.abort();
    clearTimeout(watch);
  }

  /** Closes the reader's input: there are no more bytes. */
  end(): void {
    this.process.stdin.end();
    const watch = this.watch();
    void this.process.ended.then(() => clearTimeout(watch));
  }

  /** Ends the process. Safe to repeat. */
  async close(): Promise<void> {
    this.process.kill("closed", { isItsFault: false });
    await this.process.ended;
  }

  private watch(): NodeJS.Timeout {
    return setTimeout(() => this.process.kill("stuck", { isItsFault: true }), STUCK_AFTER_MS);
  }

  private async receive(type: SoundType): Promise<SoundTags> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.process.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) this.process.kill("too long an answer", { isItsFault: true });
      else chunks.push(chunk);
    }
    const { reason, isItsFault } = await this.process.ended;
    if (isItsFault) {
      log().warn({ reason, type }, "tags of a sound not read");
      return NO_TAGS;
    }
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf("\n");
    if (end === -1) throw new Error(`the reader of tags ended: ${reason} ${this.process.output}`);
    return toTags(
      answerSchema.parse(JSON.parse(answer.toString("utf8", 0, end))),
      answer.subarray(end + 1),
      type,
    );
  }
}

const NO_TAGS: SoundTags = {
  durationMs: null,
  title: null,
  artist: null,
  bpm: null,
  picture: null,
};

function toTags(answer: z.infer<typeof answerSchema>, picture: Buffer, type: SoundType): SoundTags {
  if ("unreadable" in answer) throw new FileRefusedError("damaged", { cause: new Error(answer.unreadable) });
  const { format, title, artist, bpm, pictureBytes } = answer;
  if (format.hasVideo || format.hasAudio === false) throw new FileRefusedError("wrong_type");
  if (!format.container || (type === "audio/mpeg" && !isLayer3(format.codec)))
    throw new FileRefusedError("damaged");
  const seconds = format.duration ?? null;
  if (seconds !== null && seconds > MAX_TRACK_SECONDS + LENGTH_TOLERANCE_SECONDS)
    throw new FileRefusedError("too_long");
  if (seconds !== null && seconds < MIN_TRACK_SECONDS) throw new FileRefusedError("too_short");
  if (picture.length !== pictureBytes) throw new Error("the picture of a sound was cut off");
  return {
    durationMs: seconds === null ? null : Math.round(seconds * 1_000),
    title: toTagText(title),
    artist: toTagText(artist),
    bpm: toBpm(bpm),
    picture: pictureBytes > 0 ? picture : null,
  };
}

function isLayer3(codec: string | null | undefined): boolean {
  return /layer 3/i.test(codec ?? "");
}

/** A tag as one line without what a database cannot store; null for an empty one. */
function toTagText(tag: string | null | undefined): string | null {
  const line = toOneLine((tag ?? "").replace(/[\0\p{Surrogate}]/gu, "")).trim();
  return [...line].slice(0, MAX_TAG_LENGTH).join("").trim() || null;
}

function toBpm(tag: number | null | undefined): number | null {
  const bpm = Math.round(tag ?? 0);
  return bpm >= BPM_RANGE.min && bpm <= BPM_RANGE.max ? bpm : null;
}
