import { defineRoute } from "@/app/api/define-route";
import { listBlocks } from "@/lib/contacts";
import { rejectOtherMethods } from "@/lib/core/http";
import { blockListSchema } from "@/lib/schemas/block";

// GET /api/me/blocks
export const GET = defineRoute(
  {
    summary: "People whom the caller has blocked, the latest first",
    auth: "user",
    response: blockListSchema,
  },
  async ({ caller }) => listBlocks(caller),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
