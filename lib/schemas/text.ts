import { z } from "zod";
import type { MessageKey } from "../core/messages";
import { countLineBreaks, isStorable, isVisible, toOneLine } from "../core/text";

/** A text that Postgres can store. */
export const storableTextSchema = z.string().refine(isStorable);

/** A text of one line, which may be empty. Line breaks and direction overrides do not fail it: see `toOneLine`. */
export const oneLineTextSchema = (maxLength: number) =>
  z.string().refine(isStorable).overwrite(toOneLine).trim().max(maxLength);

/** A name or title: one line, trimmed, with at least one visible character. */
export const visibleTextSchema = (maxLength: number) =>
  z
    .string()
    .refine(isStorable)
    .overwrite(toOneLine)
    .trim()
    .min(1, { abort: true })
    .max(maxLength)
    .refine(isVisible);

/** A text of several lines, trimmed; it may be empty. */
export const multilineTextSchema = (maxLength: number, maxLineBreaks: number) =>
  z
    .string()
    .trim()
    .max(maxLength)
    .refine(isStorable)
    .refine((text) => countLineBreaks(text) <= maxLineBreaks, {
      params: { messageKey: "too_many_line_breaks" satisfies MessageKey },
    });
