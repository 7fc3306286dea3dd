import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { admissionRequestSchema, admissionSchema } from "@/lib/schemas/delivery";
import { admitTicket } from "@/lib/shop";

// POST /api/deliveries/admit
export const POST = defineRoute(
  {
    summary: "Admit a ticket, once; its seller and administrators",
    auth: "user",
    body: admissionRequestSchema,
    repeatable: true,
    response: admissionSchema,
  },
  async ({ caller, body, idempotencyKey }) => admitTicket(body.code, caller, idempotencyKey),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
