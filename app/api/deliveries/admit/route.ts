import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { admissionRequestSchema, admissionSchema, admit } from "@/lib/shop";

// POST /api/deliveries/admit
export const POST = route(
  {
    summary: "Let a ticket in, once; its seller and administrators",
    auth: "user",
    body: admissionRequestSchema,
    response: admissionSchema,
  },
  async ({ caller, body }) => admit(body.code, caller),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
