import type { z } from "zod";
import { AppError } from "../core/errors";
import { db } from "../db";
import type { signInSchema } from "./client";
import { checkPassword } from "./password";
import { toUser, type User, userColumns } from "./user";

/**
 * Proves who somebody is by address and password.
 * @throws {AppError} unauthenticated, the same for an unknown address and a wrong password
 */
export async function signIn(input: z.output<typeof signInSchema>): Promise<{ user: User }> {
  const row = await db().user.findUnique({
    where: { email: input.email },
    select: { ...userColumns, passwordHash: true },
  });
  if (!(await checkPassword(input.password, row?.passwordHash ?? null)) || !row) {
    throw new AppError("unauthenticated", { message: "wrong_credentials" });
  }
  const { passwordHash: _, ...user } = row;
  return { user: toUser(user) };
}

/** The account itself; null when it was deleted after the token was issued. */
export async function getUser(userId: string): Promise<User | null> {
  const row = await db().user.findUnique({ where: { id: userId }, select: userColumns });
  return row && toUser(row);
}
