/** The sounds that an artist can upload, with their file extensions; the first is appended to a name without one. */
export const soundTypes = {
  "audio/mpeg": ["mp3"],
  "audio/wav": ["wav", "wave", "rf64", "bwf"],
  "audio/aiff": ["aiff", "aif", "aifc"],
  "audio/flac": ["flac"],
  "audio/ogg": ["ogg", "oga", "opus"],
  "audio/mp4": ["m4a", "m4b", "mp4", "mov"],
  "audio/aac": ["aac"],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type SoundType = keyof typeof soundTypes;

/** Types of file-type, and ours. A container of video may hold sound alone: its tracks decide. */
const SNIFFED_TYPES: Readonly<Record<string, SoundType>> = {
  "audio/mpeg": "audio/mpeg",
  "audio/wav": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/x-wav": "audio/wav",
  "audio/aiff": "audio/aiff",
  "audio/x-aiff": "audio/aiff",
  "audio/flac": "audio/flac",
  "audio/x-flac": "audio/flac",
  "audio/ogg": "audio/ogg",
  "audio/ogg; codecs=opus": "audio/ogg",
  "audio/mp4": "audio/mp4",
  "audio/x-m4a": "audio/mp4",
  "video/mp4": "audio/mp4",
  "video/3gpp": "audio/mp4",
  "video/3gpp2": "audio/mp4",
  "video/quicktime": "audio/mp4",
  "audio/aac": "audio/aac",
};

export function toSoundType(sniffed: string | undefined): SoundType | null {
  return (sniffed !== undefined && SNIFFED_TYPES[sniffed]) || null;
}

/** The extensions of a detected type; none for another. */
export function soundExtensions(type: string): readonly string[] {
  return Object.hasOwn(soundTypes, type) ? soundTypes[type as SoundType] : [];
}
