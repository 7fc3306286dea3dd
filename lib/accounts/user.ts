import type { User } from "../schemas/account";
import { localeSchema } from "../schemas/locale";

/** What Prisma must select for `toUser`. */
export const userColumns = {
  id: true,
  seq: true,
  email: true,
  name: true,
  handle: true,
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
