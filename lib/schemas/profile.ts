import { z } from "zod";
import { isStorable } from "../core/text";
import { hasCredentials } from "./has-credentials";
import {
  MAX_BIO_LENGTH,
  MAX_BIO_LINE_BREAKS,
  MAX_LINK_LABEL_LENGTH,
  MAX_LINK_LENGTH,
  MAX_PROFILE_LINKS,
} from "./limits";
import { multilineTextSchema, oneLineTextSchema } from "./text";

/** What people say about themselves: plain text, in which addresses become links. It may be empty. */
export const bioSchema = multilineTextSchema(MAX_BIO_LENGTH, MAX_BIO_LINE_BREAKS);

/** People write addresses without their scheme. */
function withScheme(address: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
}

/** An address of the web at a host with a domain. */
export const linkUrlSchema = z
  .string()
  .trim()
  .min(1, { abort: true })
  .overwrite(withScheme)
  .max(MAX_LINK_LENGTH, { abort: true })
  .refine(isStorable)
  .pipe(z.url({ protocol: /^https?$/, hostname: /.\../, abort: true }))
  .refine((url) => !hasCredentials(url));

export const linkLabelSchema = oneLineTextSchema(MAX_LINK_LABEL_LENGTH);

/** A link on a person's page. */
const profileLinkSchema = z.object({
  url: linkUrlSchema,
  /** What it leads to; empty: the address is shown. */
  label: linkLabelSchema.default(""),
});

/** In the order in which they are shown. */
export const newProfileLinksSchema = z.array(profileLinkSchema).max(MAX_PROFILE_LINKS);

/** As stored. */
export const profileLinksSchema = z.array(z.object({ url: z.string(), label: z.string() }));

export type ProfileLink = z.infer<typeof profileLinksSchema>[number];
