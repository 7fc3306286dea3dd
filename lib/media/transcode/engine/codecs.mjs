import {
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AV_SAMPLE_FMT_S32,
} from "node-av/constants";

/**
 * How each format is encoded.
 *
 * - AAC: 192 kbit/s by Fraunhofer's encoder, transparent for music. (FFmpeg's own makes peaks of noisy music that come
 *   and go with the gain, so that no gain holds the ceiling.)
 * - Opus: 128 kbit/s variable, transparent by its authors' listening tests.
 * - MP3: 256 kbit/s for old devices; without a bit reservoir, so that parts can be joined.
 * - FLAC: what the original has, up to 24 bit.
 */
export const CODECS = {
  aac: {
    encoder: "libfdk_aac",
    sampleFormat: { name: "s16", value: AV_SAMPLE_FMT_S16 },
    frameSize: 1024,
    bitRate: 192_000,
    options: { afterburner: "1" },
    container: { name: "ipod", options: { movflags: "+faststart" } },
  },
  opus: {
    encoder: "libopus",
    sampleFormat: { name: "flt", value: AV_SAMPLE_FMT_FLT },
    frameSize: 960,
    bitRate: 128_000,
    sampleRate: 48_000,
    options: { application: "audio", vbr: "on", frame_duration: "20" },
    // A page a second, as most encoders write it: a seek reads little too much.
    container: { name: "ogg", options: { page_duration: "1000000" } },
  },
  mp3: {
    encoder: "libmp3lame",
    sampleFormat: { name: "fltp", value: AV_SAMPLE_FMT_FLTP },
    frameSize: 1152,
    bitRate: 256_000,
    options: { reservoir: "0" },
    container: { name: "mp3", options: { write_xing: "1", id3v2_version: "0" } },
  },
  flac: {
    encoder: "flac",
    sampleFormat: { name: "s16", value: AV_SAMPLE_FMT_S16 },
    deepSampleFormat: { name: "s32", value: AV_SAMPLE_FMT_S32 },
    frameSize: 4608,
    bitRate: 0,
    options: {},
    container: { name: "flac", options: {} },
  },
};
