import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { decodeFileName, storeFile } from "@/lib/media";
import { MAX_FILE_BYTES } from "@/lib/schemas/limits";
import { fileSchema } from "@/lib/schemas/media-file";

export const maxDuration = 60;

// POST /api/media
export const POST = defineRoute(
  {
    summary:
      "Store a chat attachment: the body is its bytes, the header x-file-name its URL-encoded name. Pictures, sounds, PDF and plain text of up to 4 MB",
    auth: "user",
    bytes: true,
    repeatable: true,
    bodyLimitBytes: MAX_FILE_BYTES,
    response: z.object({ file: fileSchema }),
    status: 201,
  },
  async ({ caller, bytes, idempotencyKey, request: { headers } }) => ({
    file: await storeFile(caller, {
      name: decodeFileName(headers.get("x-file-name")),
      declaredType: headers.get("content-type") ?? "",
      bytes,
      key: idempotencyKey,
    }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
