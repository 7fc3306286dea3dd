import { z } from "zod";
import { isStorable, isVisible } from "../core/text";

/** A text that Postgres can store. */
export const storableTextSchema = z.string().refine(isStorable);

/** A name or title: trimmed, with at least one visible character. */
export const visibleTextSchema = (maxLength: number) =>
  z.string().trim().min(1, { abort: true }).max(maxLength).refine(isStorable).refine(isVisible);
