import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { blockPerson, unblockPerson } from "@/lib/contacts";
import { rejectOtherMethods } from "@/lib/core/http";
import { handleSchema } from "@/lib/schemas/handle";

const params = z.object({ handle: handleSchema });
const response = z.object({ blocked: z.boolean() });

// PUT /api/people/{handle}/block
export const PUT = defineRoute(
  {
    summary: "Block a person: neither of the two writes to the other or sees the other's presence",
    auth: "user",
    params,
    response,
  },
  async ({ caller, params: { handle } }) => {
    await blockPerson(caller, handle);
    return { blocked: true };
  },
);

// DELETE /api/people/{handle}/block
export const DELETE = defineRoute(
  { summary: "Lift the caller's block of a person", auth: "user", params, response },
  async ({ caller, params: { handle } }) => {
    await unblockPerson(caller, handle);
    return { blocked: false };
  },
);

export const { GET, POST, PATCH, OPTIONS } = rejectOtherMethods("PUT", "DELETE");
