import type { Prisma } from "../db";
import type { Cover, TrackView } from "../schemas/track";
import { publicBlobUrl } from "../storage";

/** The variants of a file, as `toTrackView` and `toCoverView` need them. */
const variants = {
  select: { kind: true, format: true, width: true, height: true, type: true, pathname: true },
} as const;

/** What Prisma must select of a post's or a product's `coverFile`. */
export const coverFileColumns = { select: { placeholder: true, variants } } as const;

/** What Prisma must select of a post's or a product's `audioFile`. */
export const audioFileColumns = {
  select: {
    variants,
    track: { select: { status: true, problem: true, durationMs: true } },
  },
} as const;

type CoverRow = Prisma.MediaFileGetPayload<typeof coverFileColumns>;
type AudioRow = Prisma.MediaFileGetPayload<typeof audioFileColumns>;

/** Players take the first source that they can play. */
const FORMAT_ORDER = ["opus", "aac", "mp3", "flac"];

/**
 * The sound of a post, or the preview of a product; null without a file.
 * @param of  `rendition` for everybody's tracks, `preview` for those that are sold
 */
export function toTrackView(
  audio: AudioRow | null,
  cover: CoverRow | null,
  of: "rendition" | "preview",
): TrackView | null {
  if (!audio) return null;
  const { track } = audio;
  const status = track?.status ?? "processing";
  const peaks = audio.variants.find(({ kind }) => kind === "peaks");
  return {
    status,
    problem: track?.problem ?? null,
    durationSeconds: track?.durationMs == null ? null : track.durationMs / 1_000,
    sources:
      status === "ready"
        ? audio.variants
            .filter(({ kind }) => kind === of)
            .sort((a, b) => FORMAT_ORDER.indexOf(a.format) - FORMAT_ORDER.indexOf(b.format))
            .map(({ pathname, type }) => ({ url: publicBlobUrl(pathname) ?? "", type }))
        : [],
    peaksUrl: status === "ready" && peaks ? publicBlobUrl(peaks.pathname) : null,
    coverUrls: toCoverView(cover)?.sources ?? [],
  };
}

/** A cover; null without a file. */
export function toCoverView(cover: CoverRow | null): Cover | null {
  if (!cover) return null;
  const sources = cover.variants
    .filter(({ kind }) => kind === "image")
    .sort((a, b) => a.width - b.width || a.format.localeCompare(b.format))
    .map(({ pathname, type, width, height }) => ({
      url: publicBlobUrl(pathname) ?? "",
      type,
      width,
      height,
    }));
  return { sources, placeholder: cover.placeholder };
}
