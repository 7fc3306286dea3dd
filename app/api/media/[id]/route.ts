import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { mayReadFile } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { deleteUpload, readFile } from "@/lib/media";
import { idSchema } from "@/lib/schemas/id";

// GET /api/media/{id}
export const GET = defineRoute(
  {
    summary: "Download a file, or a part with Range: its sender, and members of the chats it was sent to",
    auth: "user",
    limit: "files",
    params: z.object({ id: idSchema }),
    response: z.unknown(),
  },
  ({ caller, params, requestId, request: { headers } }) =>
    readFile(caller, params.id, { headers, requestId, mayRead: mayReadFile }),
);

// DELETE /api/media/{id}
export const DELETE = defineRoute(
  {
    summary: "Delete one's own sound or cover that no post, no product and no profile uses",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({ deleted: z.literal(true) }),
  },
  async ({ caller, params }) => {
    await deleteUpload(caller, params.id);
    return { deleted: true } as const;
  },
);

export const { POST, PUT, PATCH, OPTIONS } = rejectOtherMethods("GET", "DELETE");
