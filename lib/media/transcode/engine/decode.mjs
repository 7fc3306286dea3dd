import { statSync } from "node:fs";
import {
  AV_CHANNEL_ORDER_NATIVE,
  AVDISCARD_ALL,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVMEDIA_TYPE_AUDIO,
} from "node-av/constants";
import {
  avGetSampleFmtName,
  Codec,
  CodecContext,
  FFmpegError,
  Filter,
  FilterGraph,
  FilterInOut,
  FormatContext,
  Frame,
  Packet,
} from "node-av/lib";
import { setOptions } from "./output.mjs";
import { FileProblemError } from "./problem.mjs";
import { presentShareOfWav } from "./riff-length.mjs";

/**
 * What is opened at all. Playlists (hls, dash, concat, sdp) are not among the formats, pictures and videos not among
 * the decoders, and of the protocols only the file.
 */
const INPUT_OPTIONS = {
  protocol_whitelist: "file",
  format_whitelist: "wav,w64,aiff,caf,flac,ogg,mp3,aac,mov,mp4,m4a,3gp,3g2,mj2,matroska",
  codec_whitelist: [
    ...[
      "mp3",
      "mp3float",
      "mp2",
      "mp2float",
      "mp1",
      "mp1float",
      "aac",
      "aac_fixed",
      "flac",
      "alac",
      "vorbis",
      "opus",
    ],
    ...["pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"],
    ...["pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw", "pcm_s64le"],
    ...["adpcm_ms", "adpcm_ima_wav"],
  ].join(","),
  // Ours, and a hostile file's many streams.
  max_streams: 64,
};

/** Formats without a declared duration: theirs is an estimate from the bit rate. */
const ESTIMATED_DURATION_FORMATS = new Set(["mp3", "aac"]);
/** More undecodable packets than these are damage that a listener notices. */
const MAX_FAILED_SHARE = 0.02;
/** A sound that ends this much before its declared end was cut off. */
const MAX_MISSING_SECONDS = 0.5;
const MAX_MISSING_SHARE = 0.01;

/**
 * Opens the sound of a file.
 *
 * @param {string} path
 * @returns its format, parameters and a decoder; close it
 * @throws {FileProblemError} wrong_type without a sound that we decode, damaged when nothing can be read
 */
export function openSound(path) {
  if (statSync(path).size === 0) throw new FileProblemError("damaged", "empty");
  const input = new FormatContext();
  input.allocContext();
  setOptions(input, INPUT_OPTIONS);
  if (input.openInputSync(path) < 0) throw new FileProblemError("damaged", "not opened");
  // Decodes the first packets, so it fails with them.
  input.findStreamInfoSync(null);
  const { streams } = input;
  const index = input.findBestStream(AVMEDIA_TYPE_AUDIO);
  const stream = streams[index];
  if (!stream) throw new FileProblemError(streams.length > 0 ? "wrong_type" : "damaged", "no sound");
  for (const other of streams) if (other.index !== index) other.discard = AVDISCARD_ALL;
  return { input, stream, close: () => input.closeInputSync() };
}

/** @returns {number | null} seconds that the file says it has */
function declaredSeconds({ input, stream }) {
  if (ESTIMATED_DURATION_FORMATS.has(input.iformat?.name ?? "")) return null;
  const { num, den } = stream.timeBase;
  if (stream.duration > 0n) return (Number(stream.duration) * num) / den;
  return input.duration > 0n ? Number(input.duration) / 1e6 : null;
}

/** The rate of renditions: the family of the original's, so that 44.1 kHz is not resampled without need. */
export function renditionRate(sampleRate) {
  return [11_025, 22_050, 44_100, 88_200, 176_400].includes(sampleRate) ? 44_100 : 48_000;
}

/**
 * Decodes a file and passes its sound through filters, frame by frame.
 *
 * @param {object} options
 * @param {string} options.path
 * @param {(sound: { sampleRate: number, channels: number, bits: number }) => string} options.filters  a chain of FFmpeg's filters
 * @param {(frame: Frame) => boolean | void} options.onFrame  returns false to stop
 * @param {(seconds: number) => void} [options.onProgress]  seconds decoded
 * @param {number} [options.maxSeconds]
 * @param {Record<string, { filter: string, option: string }>} [options.readOptions]  numbers that filters have at the end
 * @throws {FileProblemError} too_long, damaged
 */
export function decode({
  path,
  filters,
  onFrame,
  onProgress,
  maxSeconds = Number.POSITIVE_INFINITY,
  readOptions = {},
}) {
  const sound = openSound(path);
  const { input, stream } = sound;
  const parameters = stream.codecpar;
  const codec = Codec.findDecoder(parameters.codecId);
  if (!codec || !INPUT_OPTIONS.codec_whitelist.split(",").includes(codec.name ?? ""))
    throw new FileProblemError("wrong_type", "no decoder");
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  FFmpegError.throwIfError(decoder.parametersToContext(parameters), "decoder parameters");
  decoder.threadCount = 1;
  decoder.pktTimebase = stream.timeBase;
  if (decoder.open2Sync(codec, null) < 0) throw new FileProblemError("damaged", "decoder not opened");

  const declared = declaredSeconds(sound);
  if (declared !== null && declared > maxSeconds) throw new FileProblemError("too_long");
  const presentShare = presentShareOfWav(path);
  if (presentShare < 1 - MAX_MISSING_SHARE)
    throw new FileProblemError("damaged", `${presentShare} of the bytes are there`);
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  const filtered = new Frame();
  filtered.alloc();
  let chain;
  let format;
  let decodedSamples = 0;
  let packets = 0;
  let failed = 0;
  let running = true;

  function drainFilters() {
    while (running) {
      const result = chain.sink.buffersinkGetFrameSync(filtered);
      if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return;
      FFmpegError.throwIfError(result, "filters");
      if (onFrame(filtered) === false) running = false;
      filtered.unref();
    }
  }

  function drainDecoder() {
    while (running) {
      const result = decoder.receiveFrameSync(frame);
      if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return;
      if (result < 0) {
        failed += 1;
        return;
      }
      if (frame.nbSamples > 0) {
        completeLayout(frame);
        const found = { sampleRate: frame.sampleRate, channels: frame.channels, sampleFormat: frame.format };
        if (!format) {
          format = { ...found, bits: bitsOf(parameters, frame.format) };
          chain = openFilters(frame, filters(format));
        } else if (
          found.sampleRate !== format.sampleRate ||
          found.channels !== format.channels ||
          found.sampleFormat !== format.sampleFormat
        ) {
          throw new FileProblemError("damaged", "the format changes within the sound");
        }
        frame.pts = BigInt(decodedSamples);
        decodedSamples += frame.nbSamples;
        if (decodedSamples / format.sampleRate > maxSeconds) throw new FileProblemError("too_long");
        FFmpegError.throwIfError(chain.source.buffersrcAddFrameSync(frame), "filter source");
        drainFilters();
      }
      frame.unref();
    }
  }

  // What is left to the garbage collector may be freed after what it refers to.
  function free() {
    for (const frames of [frame, filtered]) frames.free();
    packet.free();
    chain?.graph.free();
    decoder.freeContext();
    sound.close();
  }

  try {
    while (running && input.readFrameSync(packet) >= 0) {
      if (packet.streamIndex === stream.index) {
        packets += 1;
        if (decoder.sendPacketSync(packet) < 0) failed += 1;
        drainDecoder();
        if (format) onProgress?.(decodedSamples / format.sampleRate);
      }
      packet.unref();
    }
    if (running) {
      decoder.sendPacketSync(null);
      drainDecoder();
    }
    // Node 20 once yielded no frames without an error.
    if (!format || decodedSamples === 0) throw new FileProblemError("damaged", "no frames");
    const seconds = decodedSamples / format.sampleRate;
    if (running) {
      if (failed / packets > MAX_FAILED_SHARE)
        throw new FileProblemError("damaged", `${failed} of ${packets} packets`);
      if (
        declared !== null &&
        declared - seconds > Math.max(MAX_MISSING_SECONDS, declared * MAX_MISSING_SHARE)
      )
        throw new FileProblemError("damaged", `${seconds} of ${declared} seconds`);
      FFmpegError.throwIfError(chain.source.buffersrcAddFrameSync(null), "end of filters");
      drainFilters();
    }
    const options = Object.fromEntries(
      Object.entries(readOptions).map(([name, { filter, option }]) => [
        name,
        Number(chain.graph.getFilter(filter)?.getOption(option)),
      ]),
    );
    return { seconds, ...format, options };
  } finally {
    free();
  }
}

function bitsOf(parameters, sampleFormat) {
  const bits = parameters.bitsPerRawSample || parameters.bitsPerCodedSample;
  const name = avGetSampleFmtName(sampleFormat) ?? "";
  // Lossy decoders give floats.
  return /^(flt|dbl)/.test(name) && bits < 32 ? 16 : bits;
}

function openFilters(frame, description) {
  const graph = new FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  const buffer = Filter.getByName("abuffer");
  const bufferSink = Filter.getByName("abuffersink");
  if (!buffer || !bufferSink) throw new Error("node-av has no audio filters");
  const source = graph.createFilter(
    buffer,
    "in",
    [
      `time_base=1/${frame.sampleRate}`,
      `sample_rate=${frame.sampleRate}`,
      `sample_fmt=${avGetSampleFmtName(frame.format)}`,
      `channel_layout=0x${frame.channelLayout.mask.toString(16)}`,
    ].join(":"),
  );
  const sink = graph.createFilter(bufferSink, "out");
  if (!source || !sink) throw new FileProblemError("damaged", "unknown sample format");
  const outputs = FilterInOut.createList([{ name: "in", filterCtx: source, padIdx: 0 }]);
  const inputs = FilterInOut.createList([{ name: "out", filterCtx: sink, padIdx: 0 }]);
  FFmpegError.throwIfError(graph.parsePtr(description, inputs, outputs), "filter description");
  FFmpegError.throwIfError(graph.configSync(), "filters configured");
  return { graph, source, sink };
}

/** Speakers by the number of channels: mono, stereo, 3.0, quad, 5.0, 5.1, 6.1, 7.1. */
const LAYOUT_MASKS = [0x4n, 0x3n, 0x7n, 0x33n, 0x37n, 0x3fn, 0x70fn, 0x63fn];

/** Gives a frame the usual layout of its channels where the file names none. */
function completeLayout(frame) {
  const { mask, order } = frame.channelLayout;
  if (order === AV_CHANNEL_ORDER_NATIVE && mask > 0n) return;
  const usual = LAYOUT_MASKS[frame.channels - 1];
  if (usual === undefined) throw new FileProblemError("wrong_type", `${frame.channels} channels`);
  frame.channelLayout = { nbChannels: frame.channels, order: AV_CHANNEL_ORDER_NATIVE, mask: usual };
}
