import { z } from "zod";
import { isStorable } from "../core/text";
import { currencies } from "./currency";
import { ProductKind } from "./enums";
import { hasCredentials } from "./has-credentials";
import { idSchema } from "./id";
import { MAX_AMOUNT_MINOR, MAX_DESCRIPTION_LINE_BREAKS, MAX_STOCK, MIN_PRICE_MINOR } from "./limits";
import { pageQueryShape, pageSchema } from "./page";
import { multilineTextSchema, visibleTextSchema } from "./text";
import { coverSchema, trackSchema } from "./track";

interface Goods {
  kind: ProductKind;
  assetUrl: string | null;
  audioFileId: string | null;
}

function hasGoods({ kind, assetUrl, audioFileId }: Goods): boolean {
  return kind !== "track" || assetUrl !== null || audioFileId !== null;
}

/** Input for a new product. */
export const newProductSchema = z
  .object({
    kind: z.enum(ProductKind),
    title: visibleTextSchema(120),
    description: multilineTextSchema(5_000, MAX_DESCRIPTION_LINE_BREAKS).default(""),
    /** Minor units of the currency, per unit. */
    priceMinor: z.int().min(MIN_PRICE_MINOR).max(MAX_AMOUNT_MINOR),
    currency: z.string().trim().toUpperCase().pipe(z.enum(currencies)),
    /** Units for sale; null: unlimited. */
    stock: z.int().min(1).max(MAX_STOCK).nullable().default(null),
    /** The file that buyers download: required for a track, optional for a licence, not allowed for a ticket. */
    assetUrl: z
      .url({ protocol: /^https$/ })
      .max(2_000)
      .refine(isStorable)
      // Credentials would show in every buyer's address bar.
      .refine((url) => !hasCredentials(url))
      .nullable()
      .default(null),
    /** The uploaded sound that buyers of a track get: instead of a URL. */
    audioFileId: idSchema.nullable().default(null),
    /** An uploaded cover of the seller's. */
    coverFileId: idSchema.nullable().default(null),
  })
  // Both fields are named: either of them would do.
  .refine(hasGoods, { path: ["assetUrl"] })
  .refine(hasGoods, { path: ["audioFileId"] })
  .refine(({ assetUrl, audioFileId }) => assetUrl === null || audioFileId === null, { path: ["audioFileId"] })
  .refine(({ kind, audioFileId }) => kind === "track" || audioFileId === null, { path: ["audioFileId"] })
  .refine(({ kind, assetUrl }) => kind !== "ticket" || assetUrl === null, { path: ["assetUrl"] });

export type NewProduct = z.input<typeof newProductSchema>;

/** A product's public view. */
export const productSchema = z.object({
  id: z.uuid(),
  kind: z.enum(ProductKind),
  title: z.string(),
  description: z.string(),
  priceMinor: z.int(),
  currency: z.string(),
  /** Units left; null: unlimited. */
  stock: z.int().nullable(),
  /** Null when the seller's account was deleted; the product stays for its buyers. */
  sellerId: z.uuid().nullable(),
  sellerName: z.string().nullable(),
  sellerHandle: z.string().nullable(),
  /** The preview of a track; null for other products, and for tracks that are sold by a link. */
  track: trackSchema.nullable(),
  cover: coverSchema.nullable(),
  /** No longer for sale. */
  archived: z.boolean(),
  createdAt: z.iso.datetime(),
});

export type Product = z.infer<typeof productSchema>;

/** Archived products are never listed. */
export const productPageQuerySchema = z.object({
  ...pageQueryShape(),
  kind: z.enum(ProductKind).optional(),
  sellerId: idSchema.optional(),
});

export const productPageSchema = pageSchema(productSchema);

export type ProductPage = z.infer<typeof productPageSchema>;
