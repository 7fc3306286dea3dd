import { z } from "zod";
import { isStorable, isVisible, toOneLine } from "../core/text";
import { MAX_REASON_LENGTH } from "./reason-length";

/** Why an operator does something, in their words; it goes into the audit log. */
export const reasonSchema = z
  .string()
  .transform(toOneLine)
  .pipe(z.string().trim().min(1).max(MAX_REASON_LENGTH).refine(isStorable).refine(isVisible));

export const reasonBodySchema = z.object({ reason: reasonSchema });

/** For routes that took no body before they took a reason. */
export const optionalReasonBodySchema = reasonBodySchema.partial().optional();
