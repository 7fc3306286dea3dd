import { z } from "zod";
import { isStorable, toOneLine } from "../core/text";
import { isolate } from "../schemas/isolate";

/**
 * Schemas of a mail's fields. A header ends at a line break, so no value that becomes a header may contain one:
 * addresses, subjects and keys with a line break are refused; in users' titles and names a space replaces it.
 */

/** RFC 5321: at most 254 characters. ASCII, so that no server needs SMTPUTF8. */
export const addressSchema = z.string().max(254).pipe(z.email());

/** Control characters, line and paragraph separators. */
const LINE_BREAKS = /[\p{Cc}\u2028\u2029]/u;

/** Whether a text is one line without control characters. */
export function isOneLine(text: string): boolean {
  return !LINE_BREAKS.test(text);
}

/** A header's value from the caller. */
export const headerSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine(isOneLine, "must not have line breaks or control characters")
  .refine(isStorable);

/**
 * A title or name that a user typed, also before it had to be one line: a line break in it must not fail the mail, and
 * its direction must not reorder the sentence around it.
 */
export const lineSchema = z
  .string()
  .transform((text) => toOneLine(text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ")).trim())
  .pipe(z.string().min(1).max(300).refine(isStorable))
  .transform(isolate);

/** Empty lines separate paragraphs. */
export const textSchema = z.string().trim().min(1).max(20_000).refine(isStorable);

/** An absolute http(s) URL, or a path on this site that begins with one slash. */
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
 * @param appUrl without a trailing slash
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
 * Idempotency key of a mail. It becomes the left half of the `Message-ID`, so it has only characters that are allowed
 * there unquoted (a subset of RFC 5322's dot-atom).
 */
export const idempotencyKeySchema = z
  .string()
  .max(120)
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, "must be letters, digits, - and _, separated by single dots");
