import {
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AVERROR_EAGAIN,
  AVERROR_EOF,
} from "node-av/constants";
import { Codec, CodecContext, FFmpegError, Packet, Rational } from "node-av/lib";
import { CODECS } from "./codecs.mjs";
import { decode, renditionRate } from "./decode.mjs";
import { openOutput, setOptions } from "./output.mjs";
import { FileProblemError } from "./problem.mjs";

/**
 * A part that does not begin the sound is encoded from this many frames before it, whose packets are dropped: the
 * encoder is then in the state that it would have had.
 */
const PREROLL_FRAMES = 16;

/**
 * Encodes a sound, or a part of it, to a file of packets that `join` makes playable: two channels, a gain, from a frame
 * of the format on, until the end or until the time is up.
 *
 * @param {object} step
 * @param {string} step.input
 * @param {string} step.output
 * @param {"aac" | "opus" | "mp3" | "flac"} step.format
 * @param {number} step.gain  dB
 * @param {number} [step.fromPacket]  the first packet of this part
 * @param {{ fromSeconds: number, seconds: number, fadeSeconds: number }} [step.excerpt]  encodes only these, with fades
 * @param {number | null} [step.budgetMs]  stops after this long; at least MIN_PACKETS are encoded
 * @param {(seconds: number) => void} onProgress
 * @returns {{ packets: number, finished: boolean, samples: number, sampleRate: number, padding: number }} of the whole
 *          sound so far; `padding`: samples that the encoder puts before it
 */
export function encode(
  { input, output, format, gain, fromPacket = 0, excerpt, budgetMs = null },
  onProgress,
) {
  const settings = CODECS[format];
  const startedAt = performance.now();
  const preroll = Math.min(fromPacket, PREROLL_FRAMES);
  const firstFrame = fromPacket - preroll;
  const packet = new Packet();
  packet.alloc();
  let encoder;
  let file;
  let skip = preroll;
  let packets = fromPacket;
  let samples = firstFrame * settings.frameSize;
  let isTimeUp = false;
  let sampleRate = 0;
  let padding = 0;
  let sampleFormat = settings.sampleFormat;

  function open() {
    const codec = Codec.findEncoderByName(settings.encoder);
    if (!codec) throw new Error(`node-av has no encoder ${settings.encoder}`);
    encoder = new CodecContext();
    encoder.allocContext3(codec);
    encoder.sampleRate = sampleRate;
    encoder.sampleFormat = sampleFormat.value;
    encoder.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
    encoder.timeBase = new Rational(1, sampleRate);
    encoder.threadCount = 1;
    if (settings.bitRate > 0) encoder.bitRate = BigInt(settings.bitRate);
    if (sampleFormat.name === "s32") encoder.bitsPerRawSample = 24;
    encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    setOptions(encoder, settings.options);
    FFmpegError.throwIfError(encoder.open2Sync(codec), "encoder");
    if (encoder.frameSize !== settings.frameSize && format !== "flac")
      throw new Error(`${settings.encoder} has frames of ${encoder.frameSize}`);
    file = openOutput(output, "matroska", {}, (stream) => {
      FFmpegError.throwIfError(stream.codecpar.fromContext(encoder), "parameters");
      padding = stream.codecpar.initialPadding;
      stream.timeBase = encoder.timeBase;
    });
  }

  function drain() {
    for (;;) {
      const result = encoder.receivePacketSync(packet);
      if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return;
      FFmpegError.throwIfError(result, "encode");
      if (skip > 0) skip -= 1;
      else if (!isTimeUp) {
        // Every part begins at zero; `join` gives the packets their places in the whole.
        packet.pts = BigInt((packets - fromPacket) * settings.frameSize);
        packet.dts = packet.pts;
        file.write(packet, encoder.timeBase);
        packets += 1;
      }
      packet.unref();
    }
  }

  let neededSamples = Number.POSITIVE_INFINITY;
  const { seconds } = decode({
    path: input,
    onProgress,
    filters: ({ sampleRate: originalRate, bits }) => {
      sampleRate = settings.sampleRate ?? renditionRate(originalRate);
      if (bits > 16 && settings.deepSampleFormat) sampleFormat = settings.deepSampleFormat;
      // The filters end there, and refuse what comes after it.
      if (excerpt) neededSamples = toSamples(excerpt.seconds, sampleRate);
      return filtersFor({ sampleRate, sampleFormat, gain, excerpt, settings, firstSample: samples });
    },
    onFrame: (frame) => {
      if (!encoder) open();
      frame.pts = BigInt(samples);
      frame.timeBase = encoder.timeBase;
      samples += frame.nbSamples;
      FFmpegError.throwIfError(encoder.sendFrameSync(frame), "encoder input");
      drain();
      isTimeUp =
        budgetMs !== null && packets - fromPacket >= MIN_PACKETS && performance.now() - startedAt > budgetMs;
      return !isTimeUp && samples < neededSamples;
    },
  });
  if (!encoder) throw new FileProblemError("damaged", `nothing after ${seconds} seconds`);
  if (!isTimeUp) {
    FFmpegError.throwIfError(encoder.sendFrameSync(null), "end of encoder");
    drain();
  }
  file.close();
  packet.free();
  encoder.freeContext();
  return { packets, finished: !isTimeUp, samples, sampleRate, padding };
}

/** A run that gets to nothing else must still get on: about a minute of sound. */
const MIN_PACKETS = 3_000;

const toSamples = (seconds, sampleRate) => Math.round(seconds * sampleRate);

function filtersFor({ sampleRate, sampleFormat, gain, excerpt, settings, firstSample }) {
  const filters = [`aformat=sample_fmts=fltp:sample_rates=${sampleRate}:channel_layouts=stereo`];
  const from = excerpt ? toSamples(excerpt.fromSeconds, sampleRate) : firstSample;
  const until = excerpt ? from + toSamples(excerpt.seconds, sampleRate) : null;
  if (from > 0 || until !== null)
    filters.push(`atrim=start_sample=${from}${until === null ? "" : `:end_sample=${until}`},asetpts=N`);
  filters.push(`volume=${gain}dB:precision=float`);
  if (excerpt) {
    const { seconds, fadeSeconds } = excerpt;
    filters.push(
      `afade=t=in:d=${fadeSeconds}`,
      `afade=t=out:st=${Math.max(seconds - fadeSeconds, 0)}:d=${fadeSeconds}`,
    );
  }
  const dither = sampleFormat.name === "s16" ? "aresample=osf=s16:dither_method=triangular," : "";
  filters.push(`${dither}aformat=sample_fmts=${sampleFormat.name}`, `asetnsamples=${settings.frameSize}:p=0`);
  return filters.join(",");
}
