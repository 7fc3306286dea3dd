import { z } from "zod";
import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { decodeName, fileSchema, MAX_FILE_BYTES, storeFile } from "@/lib/media";

export const maxDuration = 60;

// POST /api/media
export const POST = route(
  {
    summary:
      "Keep a file: its bytes are the body, its name is in x-file-name, encoded as in a URL. Pictures, sounds, PDF and plain text of up to 4 MB",
    auth: "user",
    bytes: true,
    bodyLimitBytes: MAX_FILE_BYTES,
    response: z.object({ file: fileSchema }),
    status: 201,
  },
  async ({ caller, bytes, request: { headers } }) => ({
    file: await storeFile(caller, {
      name: decodeName(headers.get("x-file-name")),
      declaredType: headers.get("content-type") ?? "",
      bytes,
    }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
