import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { AppError } from "@/lib/core/errors";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { clearedSessionCookies, deleteSession } from "@/lib/sessions";

// DELETE /api/sessions/{id}
export const DELETE = defineRoute(
  {
    summary: "Sign out one device; effective when it answers",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({ ended: z.int() }),
  },
  async ({ caller, client, params, requestId }) => {
    const context = { client, requestId };
    const isCurrent = params.id === caller.sessionId;
    if (!(await deleteSession(params.id, { userId: caller.userId, auditContext: context })))
      throw new AppError("not_found");
    return new Reply({ ended: 1 }, { cookies: isCurrent ? clearedSessionCookies() : [] });
  },
);

export const { GET, POST, PUT, PATCH, OPTIONS } = rejectOtherMethods("DELETE");
