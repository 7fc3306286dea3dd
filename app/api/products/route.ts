import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import {
  newProductSchema,
  productPageQuerySchema,
  productPageSchema,
  productSchema,
} from "@/lib/schemas/product";
import { createProduct, listProducts } from "@/lib/shop";

// GET /api/products
export const GET = defineRoute(
  {
    summary: "List products, newest first",
    auth: "public",
    query: productPageQuerySchema,
    response: productPageSchema,
  },
  async ({ query }) => listProducts(query),
);

// POST /api/products
export const POST = defineRoute(
  {
    summary: "Offer a track, a licence or a ticket; artists and administrators",
    auth: "user",
    body: newProductSchema,
    repeatable: true,
    response: z.object({ product: productSchema }),
    status: 201,
  },
  async ({ caller, body, idempotencyKey }) => ({
    product: await createProduct(caller, body, idempotencyKey),
  }),
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
