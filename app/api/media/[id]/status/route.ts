import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getUpload } from "@/lib/media";
import { idSchema } from "@/lib/schemas/id";
import { uploadedFileSchema } from "@/lib/schemas/media-file";

// GET /api/media/{id}/status
export const GET = defineRoute(
  {
    summary: "Status and progress of one's own upload, and its tags",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({ file: uploadedFileSchema }),
  },
  async ({ caller, params }) => ({ file: await getUpload(caller, params.id) }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
