import { ImageResponse } from "next/og";
import { wordmarkDataUri } from "@/app/_art/og/image-assets";
import { loadImageFonts } from "@/app/_art/og/image-fonts";
import { IMAGE_SIZE, PostImage } from "@/app/_art/og/post-image";
import { readPost } from "./read-post";

export const size = IMAGE_SIZE;
export const contentType = "image/png";
export const alt = "NormalDance";

const HOUR_SECONDS = 3_600;

/** The preview image of a link to a post. Cacheable: it changes only when the post changes. */
export default async function PostOpenGraphImage({ params }: { params: Promise<{ id: string }> }) {
  const [post, families, wordmark] = await Promise.all([
    params.then(({ id }) => readPost(id)),
    loadImageFonts(),
    wordmarkDataUri("#ffffff"),
  ]);
  if (!post) return new Response(null, { status: 404 });
  return new ImageResponse(
    <PostImage
      id={post.id}
      title={post.title}
      authorName={post.authorName}
      families={families}
      wordmark={wordmark}
    />,
    {
      ...size,
      fonts: families.flatMap(({ fonts }) => fonts),
      headers: {
        "cache-control": `public, max-age=${String(HOUR_SECONDS)}, s-maxage=${String(24 * HOUR_SECONDS)}`,
      },
    },
  );
}
