import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { receiveUploadCallback } from "@/lib/media";

// POST /api/media/upload/completed
export const POST = defineRoute(
  {
    summary: "Receive the store's signed notice that a browser's upload is complete",
    auth: "public",
    origin: "any",
    limit: "skip",
    text: true,
    response: z.object({ received: z.literal(true) }),
  },
  async ({ text, request }) => {
    await receiveUploadCallback(text, request);
    return { received: true } as const;
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
