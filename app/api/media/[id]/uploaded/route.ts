import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { finishUpload } from "@/lib/media";
import { idSchema } from "@/lib/schemas/id";
import { uploadedFileSchema } from "@/lib/schemas/media-file";

// POST /api/media/{id}/uploaded
export const POST = defineRoute(
  {
    summary: "Report that an upload's bytes were sent, so that its processing begins",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({ file: uploadedFileSchema }),
  },
  async ({ caller, params }) => ({ file: await finishUpload(caller, params.id) }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
