import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { startUpload } from "@/lib/media";
import { newUploadSchema, uploadTokenSchema } from "@/lib/schemas/media-file";

// POST /api/media/upload
export const POST = defineRoute(
  {
    summary:
      "Begin the upload of a sound or a cover: the browser sends the bytes to the store with the returned token",
    auth: "user",
    limit: "strict",
    body: newUploadSchema,
    repeatable: true,
    response: uploadTokenSchema,
    status: 201,
  },
  async ({ caller, body, idempotencyKey }) => startUpload(caller, body, idempotencyKey),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
