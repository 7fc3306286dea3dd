import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { mayReadFile } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { readFile } from "@/lib/media";
import { idSchema } from "@/lib/schemas/id";

// GET /api/media/{id}
export const GET = defineRoute(
  {
    summary:
      "A file's bytes, or with Range a part: for who sent it, and for members of the chats it was sent to",
    auth: "user",
    limit: "files",
    params: z.object({ id: idSchema }),
    response: z.unknown(),
  },
  ({ caller, params, requestId, request: { headers } }) =>
    readFile(caller, params.id, { headers, requestId, mayRead: mayReadFile }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
