import { createHash } from "node:crypto";
import { env } from "../core/env";
import { db } from "../db";
import { audioFileColumns, coverFileColumns, toCoverView, toTrackView } from "../media";
import { type TokenMetadata, tokenMetadataSchema } from "../schemas/mint";
import { publicBlobUrl, putPublicBlob } from "../storage";

type StoredMetadata =
  | { kind: "stored"; url: string }
  /** The post or its author does not exist any more. */
  | { kind: "gone" }
  /** A sound was added that cannot be played yet, so its address is not known. */
  | { kind: "processing" };

/**
 * Stores a token's metadata under the hash of its bytes, so that a reader can check that it is unchanged.
 * The only personal data in it is the artist's chosen name: what is in a token stays there for ever.
 *
 * @param extra  fields of the caller, which cannot replace ours
 * @throws {AppError} unavailable: no public store is set up, or it does not respond. Safe to retry
 */
export async function storeMetadata(postId: string, extra: Record<string, unknown>): Promise<StoredMetadata> {
  const metadata = await buildMetadata(postId, extra);
  if (metadata === "gone" || metadata === "processing") return { kind: metadata };
  const bytes = Buffer.from(JSON.stringify(metadata));
  return { kind: "stored", url: await storeByContent(bytes, "json", "application/json") };
}

async function buildMetadata(
  postId: string,
  extra: Record<string, unknown>,
): Promise<TokenMetadata | "gone" | "processing"> {
  const post = await db().post.findUnique({
    where: { id: postId, author: { deletedAt: null } },
    select: {
      title: true,
      createdAt: true,
      author: { select: { name: true } },
      audioFile: audioFileColumns,
      coverFile: coverFileColumns,
    },
  });
  if (!post) return "gone";
  const track = toTrackView(post.audioFile, post.coverFile, "rendition");
  if (track?.status === "processing") return "processing";
  const image = await storeCover(toCoverView(post.coverFile)?.sources ?? track?.coverUrls ?? []);
  const sound = track?.sources[0]?.url;
  return tokenMetadataSchema.parse({
    ...extra,
    name: post.title,
    description: `${post.title} by ${post.author.name}, on NormalDance`,
    external_url: `${env().APP_URL}/posts/${postId}`,
    ...(image ? { image } : {}),
    ...(sound ? { animation_url: sound } : {}),
    attributes: [
      { trait_type: "Artist", value: post.author.name },
      { trait_type: "Published", value: post.createdAt.toISOString().slice(0, 10) },
    ],
  });
}

/** Copies the largest variant of the cover, which may be deleted with the post. @returns its address; null without one */
async function storeCover(
  sources: readonly { url: string; type: string; width: number }[],
): Promise<string | null> {
  // WebP is what every marketplace shows.
  const usable = sources.filter(({ type, url }) => type === "image/webp" && url !== "");
  const [largest] = [...usable].sort((a, b) => b.width - a.width);
  if (!largest) return null;
  const response = await fetch(largest.url, { signal: AbortSignal.timeout(env().BLOB_TIMEOUT_MS) });
  // Deleted meanwhile: the token has no picture.
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`the cover's store responded ${response.status}`);
  return storeByContent(Buffer.from(await response.arrayBuffer()), "webp", "image/webp");
}

/** Safe to repeat: the same bytes have the same name. @returns the address */
async function storeByContent(bytes: Buffer, extension: string, type: string): Promise<string> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const pathname = `tokens/${sha256}.${extension}`;
  await putPublicBlob(pathname, bytes, type);
  const url = publicBlobUrl(pathname);
  if (url === null) throw new Error("the public store has no address");
  return url;
}
