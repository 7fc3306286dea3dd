import { z } from "zod";
import { roleSchema } from "../core/access-token";

/** An account as its owner sees it. */
export const userSchema = z.object({
  id: z.uuid(),
  email: z.email(),
  name: z.string(),
  role: roleSchema,
  referralCode: z.string(),
  createdAt: z.iso.datetime(),
});

export type User = z.infer<typeof userSchema>;

/** What Prisma must select for `toUser` and `toCaller`. */
export const userColumns = {
  id: true,
  seq: true,
  email: true,
  name: true,
  role: true,
  referralCode: true,
  createdAt: true,
} as const;

type UserRow = Omit<User, "createdAt"> & { seq: number; createdAt: Date };

export function toUser({ seq: _, createdAt, ...row }: UserRow): User {
  return { ...row, createdAt: createdAt.toISOString() };
}
