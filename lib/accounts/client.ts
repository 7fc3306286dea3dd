import { z } from "zod";
import { localeSchema } from "../core/locale";
import { isStorable, isVisible } from "../core/text";

/** What the forms and the API both hold to. Safe to import in the browser. */

const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

/** One that is given; what a new one must be is another matter. */
export const passwordSchema = z.string().min(1).max(128);

/** Length over composition rules, as NIST SP 800-63B has it; what is too common only the server knows. */
const newPasswordSchema = z.string().min(8).max(128);

const name = z.string().trim().min(1, { abort: true }).max(60).refine(isStorable).refine(isVisible);

export const signInSchema = z.object({
  email,
  password: passwordSchema,
});

export const signUpSchema = z.object({
  email,
  password: newPasswordSchema,
  name,
  referralCode: z.string().trim().toUpperCase().max(16).refine(isStorable).optional(),
});

/** What is left out stays as it is. Nothing else of an account is changed this way. */
export const profileSchema = z.strictObject({ name: name.optional(), locale: localeSchema.optional() });

export const changePasswordSchema = z.object({
  currentPassword: passwordSchema,
  newPassword: newPasswordSchema,
});

export const changeAddressSchema = z.object({ email });

export const forgotPasswordSchema = z.object({ email });

/** What a link from a mail carries. */
const token = z.string().min(1).max(200);

export const resetPasswordSchema = z.object({ token, password: newPasswordSchema });

export const confirmAddressSchema = z.object({ token });

export type SignIn = z.input<typeof signInSchema>;
export type SignUp = z.input<typeof signUpSchema>;
