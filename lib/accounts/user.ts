import { z } from "zod";
import { localeSchema } from "../core/locale";
import { Role } from "../schemas/enums";

/** An account as its owner sees it. */
export const userSchema = z.object({
  id: z.uuid(),
  email: z.email(),
  name: z.string(),
  role: z.enum(Role),
  referralCode: z.string(),
  /** The language of its mails; null: not chosen, Russian. */
  locale: localeSchema.nullable(),
  /** Whether the address was confirmed by a link sent to it. */
  confirmed: z.boolean(),
  createdAt: z.iso.datetime(),
});

export type User = z.infer<typeof userSchema>;

/** What Prisma must select for `toUser`. */
export const userColumns = {
  id: true,
  seq: true,
  email: true,
  name: true,
  role: true,
  referralCode: true,
  locale: true,
  confirmedAt: true,
  createdAt: true,
} as const;

type UserRow = Omit<User, "createdAt" | "locale" | "confirmed"> & {
  seq: number;
  locale: string | null;
  confirmedAt: Date | null;
  createdAt: Date;
};

export function toUser({ seq: _, locale, confirmedAt, createdAt, ...row }: UserRow): User {
  return {
    ...row,
    locale: localeSchema.nullable().catch(null).parse(locale),
    confirmed: confirmedAt !== null,
    createdAt: createdAt.toISOString(),
  };
}
