import { PassThrough } from "node:stream";
import { parseStream, selectCover } from "music-metadata";

/**
 * The process that reads the tags of strangers' sounds (lib/media/read-tags.ts starts it): the sound comes by standard
 * input, and standard output gets one line of JSON, followed by the picture.
 */
const { type, bytes, maxPictureBytes, maxTextLength, maxSeconds } = JSON.parse(process.argv[2]);

/**
 * RF64 is RIFF with its length in another chunk, and programs that could not go back wrote none. The length of the stream is
 * known, and a parser that reads a too great length stops at the end.
 */
function toPlainRiff() {
  let position = 0;
  const header = Buffer.from("RIFF\xff\xff\xff\xff", "latin1");
  return new PassThrough({
    transform(chunk, _, done) {
      if (position >= header.length) return done(null, chunk);
      const patched = Buffer.from(chunk);
      header.copy(patched, 0, position, Math.min(header.length, position + chunk.length));
      position += chunk.length;
      done(null, patched);
    },
  });
}

const noPicture = new Uint8Array(0);

/**
 * Whether the container already states what makes it unusable. MP3 and bare AAC only estimate their length, and Ogg may
 * be several streams in a row, of which the first may begin late.
 */
function isUnusable({ hasVideo, duration }) {
  const hasCertainLength = !["audio/mpeg", "audio/aac", "audio/ogg"].includes(type);
  return hasVideo === true || (hasCertainLength && duration > maxSeconds);
}

function toFormat({ hasVideo, hasAudio, container, codec, duration }) {
  return { hasVideo, hasAudio, container, codec, duration };
}

/** The parser reads on to the end, where there may be tags: not for a sound that is refused. */
function observer({ metadata }) {
  if (isUnusable(metadata.format)) send({ format: toFormat(metadata.format), pictureBytes: 0 }, noPicture);
}

async function read() {
  const input = process.stdin.pipe(type === "audio/wav" ? toPlainRiff() : new PassThrough());
  // The length of an MP3 without an index is known at its end.
  const { format, common } = await parseStream(
    input,
    { mimeType: type, size: bytes },
    { duration: true, observer },
  );
  const found = selectCover(common.picture)?.data ?? noPicture;
  const picture = found.length <= maxPictureBytes ? found : noPicture;
  const toText = (value) => (typeof value === "string" ? value.slice(0, maxTextLength) : undefined);
  const answer = {
    format: toFormat(format),
    title: toText(common.title),
    artist: toText(common.artist),
    bpm: Number(common.bpm),
    pictureBytes: picture.length,
  };
  return { answer, picture };
}

let isSent = false;

/** Sends the first answer, and ends the process. */
function send(answer, picture) {
  if (isSent) return;
  isSent = true;
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  process.stdout.write(picture, () => process.exit(0));
}

function sendUnreadable(error) {
  send({ unreadable: String(error).slice(0, maxTextLength) }, noPicture);
}

process.on("uncaughtException", sendUnreadable);
read().then(({ answer, picture }) => send(answer, picture), sendUnreadable);
