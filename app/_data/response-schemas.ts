import * as z from "zod/mini";

/**
 * Response schemas of the API, limited to what pages use. Loaded with the first response and not with the page:
 * rendering needs none of them.
 */

export const failure = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    requestId: z.string(),
    details: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
  }),
});

const post = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  authorId: z.string(),
  authorName: z.string(),
  createdAt: z.string(),
  viewsCount: z.number(),
});

export const postPage = z.object({ items: z.array(post), nextCursor: z.nullable(z.string()) });

export const createdPost = z.object({ post: z.object({ id: z.string() }) });

/** The session itself is in the response's cookies, which scripts cannot read. */
export const signedIn = z.object({
  user: z.object({ id: z.string(), name: z.string() }),
  expiresAt: z.string(),
});

export const done = z.unknown();

export const viewed = z.object({ viewsCount: z.number() });

/** `postIds` are the posts for which the view was new. */
export const viewedBatch = z.object({ processedCount: z.number(), postIds: z.array(z.string()) });

export const synced = z.object({ message: z.string(), syncedPosts: z.number() });

export const spent = z.object({ balance: z.number() });

export const unread = z.object({ unreadCount: z.number() });

const productKind = z.enum(["track", "licence", "ticket"]);

const product = z.object({
  id: z.string(),
  kind: productKind,
  title: z.string(),
  description: z.string(),
  priceMinor: z.number(),
  currency: z.string(),
  stock: z.nullable(z.number()),
  sellerId: z.nullable(z.string()),
  sellerName: z.nullable(z.string()),
  archived: z.boolean(),
  createdAt: z.string(),
});

export const productPage = z.object({ items: z.array(product), nextCursor: z.nullable(z.string()) });

export const createdProduct = z.object({ product: z.object({ id: z.string() }) });

const orderStatus = z.enum(["pending", "paid", "delivered", "refunded", "failed"]);

const orderTask = z.object({
  queue: z.string(),
  state: z.enum(["pending", "published", "running", "done", "dead", "cancelled"]),
});

export const order = z.object({
  order: z.object({
    id: z.string(),
    status: orderStatus,
    kind: productKind,
    title: z.string(),
    quantity: z.number(),
    unitPriceMinor: z.number(),
    amountMinor: z.number(),
    currency: z.string(),
    refundedMinor: z.number(),
    productId: z.nullable(z.string()),
    sellerName: z.nullable(z.string()),
    buyerName: z.nullable(z.string()),
    createdAt: z.string(),
    paidAt: z.nullable(z.string()),
    deliveredAt: z.nullable(z.string()),
    closedAt: z.nullable(z.string()),
    viewedAs: z.enum(["buyer", "seller", "admin"]),
    checkoutUrl: z.nullable(z.string()),
    tasks: z.array(orderTask),
    deliveries: z.array(
      z.object({
        id: z.string(),
        kind: productKind,
        unit: z.number(),
        code: z.nullable(z.string()),
        downloadUrl: z.nullable(z.string()),
        revokedAt: z.nullable(z.string()),
        usedAt: z.nullable(z.string()),
      }),
    ),
  }),
});

export const placedOrder = z.object({
  order: z.object({ id: z.string(), status: orderStatus }),
  checkoutUrl: z.nullable(z.string()),
});

export const refundTask = z.object({ task: orderTask });

export * from "./chat-response-schemas";
