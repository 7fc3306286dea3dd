import { z } from "zod";
import { isStorable } from "../core/text";
import { ProductKind } from "./enums";

/** One unit that was delivered; only the buyer and administrators see it. */
export const deliverySchema = z.object({
  id: z.uuid(),
  kind: z.enum(ProductKind),
  /** Starts at 1. */
  unit: z.int(),
  /** The code of a ticket or licence; null for a track, which has only a download. */
  code: z.string().nullable(),
  /** Path on this site that redirects to the file; null when there is no file or the delivery is revoked. */
  downloadUrl: z.string().nullable(),
  /** When a refund made the code and the download invalid. */
  revokedAt: z.iso.datetime().nullable(),
  /** When the ticket was admitted. */
  usedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});

export type DeliveryView = z.infer<typeof deliverySchema>;

/** A ticket's code, entered at the venue. */
export const admissionRequestSchema = z.object({
  code: z.string().trim().toUpperCase().min(1).max(64).refine(isStorable),
});

export const admissionSchema = z.object({
  ticket: z.object({
    title: z.string(),
    unit: z.int(),
    quantity: z.int(),
    usedAt: z.iso.datetime(),
  }),
});
