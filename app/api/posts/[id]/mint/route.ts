import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getMint, requestMint } from "@/lib/nft";
import { idSchema } from "@/lib/schemas/id";
import { mintSchema, newMintSchema } from "@/lib/schemas/mint";

const params = z.object({ id: idSchema });

// GET /api/posts/{id}/mint
export const GET = defineRoute(
  {
    summary: "A post's mint; null when it was never minted. Only its artist sees one that failed",
    auth: "public",
    params,
    response: z.object({ mint: mintSchema.nullable() }),
  },
  async ({ caller, params }) => ({ mint: await getMint(params.id, caller?.userId ?? null) }),
);

// POST /api/posts/{id}/mint
export const POST = defineRoute(
  {
    summary: "Mint one's own post as a token of the address that signed the message. Answers 202",
    auth: "user",
    limit: "strict",
    params,
    body: newMintSchema,
    response: z.object({ mint: mintSchema }),
    status: 202,
  },
  async ({ caller, params, body }) => ({ mint: await requestMint(caller, params.id, body) }),
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
