import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { AppError } from "@/lib/core/errors";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { productSchema } from "@/lib/schemas/product";
import { archiveProduct, getProduct } from "@/lib/shop";

const params = z.object({ id: idSchema });
const response = z.object({ product: productSchema });

// GET /api/products/{id}
export const GET = defineRoute(
  { summary: "One product", auth: "public", params, response },
  async ({ params }) => {
    const product = await getProduct(params.id);
    if (!product) throw new AppError("not_found", { message: "product_not_found" });
    return { product };
  },
);

// DELETE /api/products/{id}
export const DELETE = defineRoute(
  {
    summary: "Take one's own product off sale; buyers keep what they bought",
    auth: "user",
    params,
    response,
  },
  async ({ params, caller, client, requestId }) => ({
    product: await archiveProduct(params.id, caller, { client, requestId }),
  }),
);

export const { POST, PUT, PATCH, OPTIONS } = rejectOtherMethods("GET", "DELETE");
