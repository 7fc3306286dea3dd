import { createHash } from "node:crypto";
import { env } from "../core/env";
import { db, existingPost } from "../db";
import { audioFileColumns, coverFileColumns, toCoverView, toTrackView } from "../media";
import { type TokenMetadata, tokenMetadataSchema } from "../schemas/mint";
import { publicBlobUrl, putPublicBlob } from "../storage";
import { tokenFolder } from "./token-files";

/** Bytes for the public store, under a name that has their hash. */
interface TokenFile {
  pathname: string;
  bytes: Buffer;
  type: string;
}

type PreparedMetadata =
  | { kind: "prepared"; url: string; files: readonly TokenFile[] }
  /** The post or its author does not exist any more. */
  | { kind: "gone" }
  /** The sound cannot be played, or the cover is not ready: the token would lack it for ever. */
  | { kind: "processing" };

/**
 * Builds a token's metadata and copies its cover, each named by the hash of its bytes, so that a reader can check that
 * they are unchanged. Stores nothing. The only personal data in it is the artist's chosen name: what is in a token stays
 * there for ever.
 *
 * @param extra  fields of the caller, which cannot replace ours
 * @throws the store does not respond. Safe to retry
 */
export async function prepareMetadata(
  mintId: string,
  postId: string,
  extra: Record<string, unknown>,
): Promise<PreparedMetadata> {
  const built = await buildMetadata(mintId, postId, extra);
  if (built === "gone" || built === "processing") return { kind: built };
  const bytes = Buffer.from(JSON.stringify(built.metadata));
  const metadata = nameByContent(mintId, bytes, { extension: "json", type: "application/json" });
  return { kind: "prepared", url: urlOf(metadata), files: [...built.files, metadata] };
}

/** Safe to repeat. @throws {AppError} unavailable: no public store is set up, or it does not respond */
export async function storeTokenFiles(files: readonly TokenFile[]): Promise<void> {
  for (const { pathname, bytes, type } of files) await putPublicBlob(pathname, bytes, type);
}

async function buildMetadata(
  mintId: string,
  postId: string,
  extra: Record<string, unknown>,
): Promise<{ metadata: TokenMetadata; files: TokenFile[] } | "gone" | "processing"> {
  const post = await db().post.findUnique({
    where: { id: postId, ...existingPost },
    select: {
      title: true,
      createdAt: true,
      author: { select: { name: true } },
      audioFile: audioFileColumns,
      coverFile: { select: { ...coverFileColumns.select, status: true } },
    },
  });
  if (!post) return "gone";
  const track = toTrackView(post.audioFile, post.coverFile, "rendition");
  if (post.coverFile?.status === "processing" || (track && track.status !== "ready")) return "processing";
  const cover = await copyCover(mintId, toCoverView(post.coverFile)?.sources ?? track?.coverUrls ?? []);
  const sound = track?.sources[0]?.url;
  const metadata = tokenMetadataSchema.parse({
    ...extra,
    name: post.title,
    description: `${post.title} by ${post.author.name}, on NormalDance`,
    external_url: `${env().APP_URL}/posts/${postId}`,
    ...(cover ? { image: urlOf(cover) } : {}),
    ...(sound ? { animation_url: sound } : {}),
    attributes: [
      { trait_type: "Artist", value: post.author.name },
      { trait_type: "Published", value: post.createdAt.toISOString().slice(0, 10) },
    ],
  });
  return { metadata, files: cover ? [cover] : [] };
}

/** Copies the largest variant of the cover, which may be deleted with the post. @returns null without one */
async function copyCover(
  mintId: string,
  sources: readonly { url: string; type: string; width: number }[],
): Promise<TokenFile | null> {
  // WebP is what every marketplace shows.
  const usable = sources.filter(({ type, url }) => type === "image/webp" && url !== "");
  const [largest] = [...usable].sort((a, b) => b.width - a.width);
  if (!largest) return null;
  const response = await fetch(largest.url, { signal: AbortSignal.timeout(env().BLOB_TIMEOUT_MS) });
  // Deleted meanwhile: the token has no picture.
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`the cover's store responded ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  return nameByContent(mintId, bytes, { extension: "webp", type: "image/webp" });
}

/** A folder for each mint: no other names its files, so those of a failed one are deleted without a look at others. */
function nameByContent(
  mintId: string,
  bytes: Buffer,
  { extension, type }: { extension: string; type: string },
): TokenFile {
  const sha256 = createHash("sha256").update(bytes).digest("base64url");
  return { pathname: `${tokenFolder(mintId)}${sha256}.${extension}`, bytes, type };
}

function urlOf({ pathname }: TokenFile): string {
  const url = publicBlobUrl(pathname);
  if (url === null) throw new Error("the public store has no address");
  return url;
}
