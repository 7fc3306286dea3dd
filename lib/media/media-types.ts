/** The accepted types with their file extensions; the first is appended to a name that has none of them. */
export const mediaTypes = {
  "image/png": ["png", "apng"],
  "image/jpeg": ["jpg", "jpeg", "jpe", "jfif"],
  "image/webp": ["webp"],
  "image/gif": ["gif"],
  "image/avif": ["avif"],
  "audio/mpeg": ["mp3"],
  "audio/wav": ["wav", "wave"],
  "audio/ogg": ["ogg", "oga", "opus", "spx"],
  "audio/flac": ["flac"],
  "audio/mp4": ["m4a", "m4b", "f4a", "mp4"],
  "audio/aac": ["aac"],
  "application/pdf": ["pdf"],
  "text/plain": ["txt", "text", "md", "csv", "tsv", "log", "json", "lrc", "srt", "vtt", "cue", "m3u"],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type MediaType = keyof typeof mediaTypes;

export function isMediaType(type: string): type is MediaType {
  return Object.hasOwn(mediaTypes, type);
}

/** Whether a type is displayed in the browser; other types, whose scripts could run under our origin, are downloaded. */
export function isInlineType(type: string): boolean {
  return /^(image|audio)\//.test(type);
}
