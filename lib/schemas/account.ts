import { z } from "zod";
import type { MessageKey } from "../core/messages";
import { isStorable } from "../core/text";
import { Role } from "./enums";
import { HANDLE_PATTERN } from "./handle";
import { idSchema } from "./id";
import { MAX_HANDLE_LENGTH, MIN_HANDLE_LENGTH } from "./limits";
import { localeSchema } from "./locale";
import { bioSchema, newProfileLinksSchema, profileLinksSchema } from "./profile";
import { visibleTextSchema } from "./text";

const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

/**
 * An existing password; a new one has stricter rules. Its length is that of the composed form (NFC): a keyboard that
 * sends й as two characters makes no password longer.
 */
export const passwordSchema = z.string().normalize("NFC").min(1).max(128);

/** Length instead of composition rules, after NIST SP 800-63B; the server also rejects common passwords. */
const newPasswordSchema = z.string().normalize("NFC").min(8).max(128);

const name = visibleTextSchema(60);

/** A new address of a person's page: Latin letters, digits, and hyphens between them. */
export const newHandleSchema = z
  .string()
  .trim()
  .toLowerCase()
  .min(MIN_HANDLE_LENGTH)
  .max(MAX_HANDLE_LENGTH)
  .refine((handle) => HANDLE_PATTERN.test(handle), {
    params: { messageKey: "handle_invalid" satisfies MessageKey },
  });

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

/** Loaded with the form. */
export const handleFormSchema = z.object({ handle: newHandleSchema });

/** A missing field is not changed; other fields of an account cannot be changed this way. */
export const profileSchema = z.strictObject({
  name: name.optional(),
  /** The former one leads to the new one from then on. */
  handle: newHandleSchema.optional(),
  locale: localeSchema.optional(),
  bio: bioSchema.optional(),
  links: newProfileLinksSchema.optional(),
  /** An uploaded cover of the caller's; null: the drawn picture. */
  pictureFileId: idSchema.nullable().optional(),
});

export const changePasswordSchema = z.object({
  currentPassword: passwordSchema,
  newPassword: newPasswordSchema,
});

export const changeAddressSchema = z.object({ email });

export const forgotPasswordSchema = z.object({ email });

/** The token of a link from a mail. */
const token = z.string().min(1).max(200);

export const resetPasswordSchema = z.object({ token, password: newPasswordSchema });

export const confirmAddressSchema = z.object({ token });

/** The deletion of an account. */
export const deletionSchema = z.object({ password: passwordSchema });

/** An account as its owner sees it. */
export const userSchema = z.object({
  id: z.uuid(),
  email: z.email(),
  name: z.string(),
  /** Of the page `/u/{handle}`. */
  handle: z.string(),
  role: z.enum(Role),
  referralCode: z.string(),
  bio: z.string(),
  links: profileLinksSchema,
  pictureFileId: z.uuid().nullable(),
  /** The language of its mails; null: not chosen, Russian. */
  locale: localeSchema.nullable(),
  /** Whether the address was confirmed by a link sent to it. */
  confirmed: z.boolean(),
  createdAt: z.iso.datetime(),
});

export type User = z.infer<typeof userSchema>;
