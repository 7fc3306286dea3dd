import type { RenditionFormat } from "../../tasks/queues/audio-transcoding";

/** Media type of each format as players ask for it, and its extension. */
export const RENDITIONS: Readonly<Record<RenditionFormat, { type: string; extension: string }>> = {
  aac: { type: 'audio/mp4; codecs="mp4a.40.2"', extension: "m4a" },
  // Safari plays Ogg from 18.4 on, and AAC before.
  opus: { type: "audio/ogg; codecs=opus", extension: "ogg" },
  mp3: { type: "audio/mpeg", extension: "mp3" },
  flac: { type: "audio/flac", extension: "flac" },
};

/** Every track has these, so that every player can play one; previews are made in them. */
export const PLAYED_FORMATS: readonly RenditionFormat[] = ["opus", "aac"];
