import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { orderSchema } from "@/lib/schemas/order";
import { getOrder } from "@/lib/shop";

// GET /api/orders/{id}
export const GET = defineRoute(
  {
    summary: "One order: its steps and deliveries",
    auth: "user",
    params: z.object({ id: idSchema }),
    response: z.object({ order: orderSchema }),
  },
  async ({ params, caller }) => ({ order: await getOrder(params.id, caller) }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
