import { hash, verify } from "@node-rs/argon2";

/** OWASP's second choice for argon2id: 19 MiB, 2 passes, 1 lane; some 30 ms per hash. */
const ARGON2_OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** @returns a PHC string, which contains its salt and parameters */
export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2_OPTIONS);
}

let dummyHash: Promise<string> | undefined;

/**
 * Whether the password matches the hash. Without a hash (no such account) it does the same work, so that the response
 * time does not reveal which addresses are registered.
 */
export async function checkPassword(password: string, passwordHash: string | null): Promise<boolean> {
  dummyHash ??= hashPassword("no such account");
  const matches = await verify(passwordHash ?? (await dummyHash), password);
  return passwordHash !== null && matches;
}
