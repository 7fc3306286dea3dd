import { z } from "zod";
import { isStorable } from "../core/text";

/**
 * What mails are made of. A header ends at a line break, so nothing that becomes one may hold any: addresses,
 * subjects and keys are refused with one, other people's titles and names lose it.
 */

/** RFC 5321: 254 characters in all. ASCII, so no server needs SMTPUTF8 for it. */
export const addressSchema = z.string().max(254).pipe(z.email());

/** Control characters, line and paragraph separators. */
const LINE_BREAKS = /[\p{Cc}\u2028\u2029]/u;

/** Whether a text is one line without control characters. */
export function isOneLine(text: string): boolean {
  return !LINE_BREAKS.test(text);
}

/** A header given by the caller. */
export const headerSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine(isOneLine, "must not have line breaks or control characters")
  .refine(isStorable);

/** A title or a name that somebody typed once: a mail does not fail over a line break in it. */
export const lineSchema = z
  .string()
  .transform((text) => text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ").trim())
  .pipe(z.string().min(1).max(300).refine(isStorable));

/** Paragraphs are parted by empty lines. */
export const textSchema = z.string().trim().min(1).max(20_000).refine(isStorable);

/** An absolute http(s) URL, or a path of this site that begins with one slash. */
export const linkSchema = z
  .string()
  .max(2_000)
  .refine((link) => isPath(link) || isHttpUrl(link), "must be an http(s) URL or a path that begins with /")
  .refine((link) => !/[\s\p{Cc}<>"]/u.test(link), "must be encoded");

function isPath(link: string): boolean {
  return /^\/(?![/\\])/.test(link);
}

function isHttpUrl(link: string): boolean {
  return URL.canParse(link) && ["http:", "https:"].includes(new URL(link).protocol);
}

/**
 * A link as mail programs need it: absolute, and in ASCII, since it may become a header.
 * @param appUrl without a slash at its end
 */
export function absoluteLink(link: string, appUrl: string): string {
  return new URL(isPath(link) ? `${appUrl}${link}` : link).href;
}

/** Minor units and an ISO 4217 code. */
export const moneySchema = z.object({
  amountMinor: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

/**
 * What makes a mail the same mail. It becomes the left half of the `Message-ID`, so it has the characters that
 * are allowed there unquoted (RFC 5322, dot-atom; not all of them).
 */
export const idempotencyKeySchema = z
  .string()
  .max(120)
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, "must be letters, digits, - and _, parted by single dots");
