import { z } from "zod";
import { isStorable } from "../core/text";
import { MAX_REASON_LENGTH } from "./limits";

/** Why an operator does something, for the audit log. */
export const reasonSchema = z.string().trim().min(1).max(MAX_REASON_LENGTH).refine(isStorable);
