import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Mints a post's token on the chain, for the given owner. */
export const nftMinting = defineQueue({
  name: "nft-minting",
  version: 1,
  payload: z.object({
    postId: idSchema,
    /** The handler checks the chain's address format. */
    ownerAddress: z.string().min(1).max(128),
    metadata: z.record(z.string(), z.json()),
  }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 120,
  lane: "money",
  deadlineSeconds: 7 * DAY_SECONDS,
  cancellable: false,
  available: false,
});
