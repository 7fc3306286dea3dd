import { z } from "zod";
import { isStorable, isVisible } from "../core/text";

/** What the forms and the API both hold to. Safe to import in the browser. */

const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

/** One that is given; what a new one must be is another matter. */
export const passwordSchema = z.string().min(1).max(128);

export const signInSchema = z.object({
  email,
  password: passwordSchema,
});

export const signUpSchema = z.object({
  email,
  /** Length over composition rules, as NIST SP 800-63B has it. */
  password: z.string().min(8).max(128),
  name: z.string().trim().min(1, { abort: true }).max(60).refine(isStorable).refine(isVisible),
  referralCode: z.string().trim().toUpperCase().max(16).refine(isStorable).optional(),
});

export type SignIn = z.input<typeof signInSchema>;
export type SignUp = z.input<typeof signUpSchema>;
