import { readForPage } from "@/app/_shell/read-for-page";
import { ClientMessages } from "@/app/i18n/client-messages";
import { log } from "@/lib/core/log";
import { getMint, isMintingAvailable } from "@/lib/nft";
import type { MintView } from "@/lib/schemas/mint";
import { MintPanel } from "./mint-panel";

interface Props {
  postId: string;
  /** Null: anonymous. */
  viewerId: string | null;
  isOwn: boolean;
}

/** A post's mint; nothing while Postgres does not answer, since the post itself is shown from the cache. */
export async function PostMint({ postId, viewerId, isOwn }: Props) {
  const isAvailable = isMintingAvailable();
  let mint: MintView | null;
  try {
    mint = await readForPage(getMint(postId, viewerId));
  } catch (error) {
    log().warn({ err: error, postId }, "mint not shown");
    return null;
  }
  if (mint === null && !(isOwn && isAvailable)) return null;
  return (
    <ClientMessages namespaces={["minting", "copyButton"]}>
      <MintPanel postId={postId} rendered={mint} isOwn={isOwn} isAvailable={isAvailable} />
    </ClientMessages>
  );
}
