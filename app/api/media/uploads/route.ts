import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { listUploads } from "@/lib/media";
import { uploadPageQuerySchema, uploadPageSchema } from "@/lib/schemas/media-file";

// GET /api/media/uploads
export const GET = defineRoute(
  {
    summary: "List one's own sounds or covers that are ready to be used, newest first",
    auth: "user",
    query: uploadPageQuerySchema,
    response: uploadPageSchema,
  },
  async ({ caller, query }) => listUploads(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
