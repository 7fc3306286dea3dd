import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { createMintChallenge } from "@/lib/nft";
import { idSchema } from "@/lib/schemas/id";
import { mintChallengeQuerySchema, mintChallengeSchema } from "@/lib/schemas/mint";

// GET /api/posts/{id}/mint/challenge
export const GET = defineRoute(
  {
    summary: "Create the message to sign with the key of an address, to mint one's own post to it",
    auth: "user",
    params: z.object({ id: idSchema }),
    query: mintChallengeQuerySchema,
    response: mintChallengeSchema,
  },
  async ({ caller, params, query }) => createMintChallenge(caller, params.id, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
