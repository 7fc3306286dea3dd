import { z } from "zod";
import { isMintingConfigured } from "../../core/minting-settings";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Mints a post's token on the chain, for the given owner, and follows its transaction until it is final. */
export const nftMinting = defineQueue({
  name: "nft-minting",
  version: 1,
  payload: z.object({
    postId: idSchema,
    /** The handler checks the chain's address format. */
    ownerAddress: z.string().min(1).max(128),
    /** Added to the token's metadata, which is public for ever. */
    metadata: z.record(z.string(), z.json()),
    /** A later look at a mint: the id of the task that began it, and how many looks there were before. */
    check: z.object({ mintId: idSchema, round: z.int().positive() }).optional(),
  }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 90,
  lane: "minting",
  deadlineSeconds: 7 * DAY_SECONDS,
  cancellable: false,
  available: true,
  isInstalled: isMintingConfigured,
});
