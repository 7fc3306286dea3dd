import type { User } from "../schemas/account";
import { localeSchema } from "../schemas/locale";
import { profileLinksSchema } from "../schemas/profile";

/** What Prisma must select for `toUser`. */
export const userColumns = {
  id: true,
  seq: true,
  email: true,
  name: true,
  handle: true,
  role: true,
  referralCode: true,
  bio: true,
  links: true,
  pictureFileId: true,
  locale: true,
  confirmedAt: true,
  createdAt: true,
} as const;

type UserRow = Omit<User, "createdAt" | "locale" | "links" | "confirmed"> & {
  seq: number;
  links: unknown;
  locale: string | null;
  confirmedAt: Date | null;
  createdAt: Date;
};

export function toUser({ seq: _, links, locale, confirmedAt, createdAt, ...row }: UserRow): User {
  return {
    ...row,
    links: profileLinksSchema.parse(links),
    locale: localeSchema.nullable().catch(null).parse(locale),
    confirmed: confirmedAt !== null,
    createdAt: createdAt.toISOString(),
  };
}
