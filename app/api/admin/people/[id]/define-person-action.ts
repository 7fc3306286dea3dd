import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import type { AuditContext } from "@/lib/audit";
import type { SignedInCaller } from "@/lib/core/permission";
import { type PersonView, personSchema } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import { reasonBodySchema } from "@/lib/schemas/reason";

/** A route that changes an account for an administrator, with a reason, and answers with the person. */
export function definePersonAction(
  summary: string,
  act: (caller: SignedInCaller, personId: string, auditContext: AuditContext) => Promise<PersonView>,
) {
  return defineRoute(
    {
      summary,
      auth: "admin",
      fresh: true,
      params: z.object({ id: idSchema }),
      body: reasonBodySchema,
      response: z.object({ person: personSchema }),
    },
    async ({ body: { reason }, caller, client, params, requestId }) => ({
      person: await act(caller, params.id, { client, requestId, reason }),
    }),
  );
}
