import { hash, verify } from "@node-rs/argon2";

/** OWASP's second choice for argon2id: 19 MiB, 2 passes, 1 lane; some 30 ms per hash. */
const ARGON2_OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * The form in which passwords are hashed and compared (NFKC, after NIST SP 800-63B): keyboards send one password in
 * different forms, such as й as one character or two.
 */
export function normalizePassword(password: string): string {
  return password.normalize("NFKC");
}

/** @returns a PHC string, which contains its salt and parameters */
export function hashPassword(password: string): Promise<string> {
  return hash(normalizePassword(password), ARGON2_OPTIONS);
}

/** The form of today's hashes, then those of hashes made when a password was hashed as it was typed. */
function passwordForms(password: string): string[] {
  return [...new Set([normalizePassword(password), password.normalize("NFC"), password.normalize("NFD")])];
}

let dummyHash: Promise<string> | undefined;

/**
 * Whether the password matches the hash, in any of its forms. Without a hash (no such account) it does the same work as
 * for a wrong password, so that the response time does not reveal which addresses are registered.
 */
export async function checkPassword(password: string, passwordHash: string | null): Promise<boolean> {
  dummyHash ??= hashPassword("no such account");
  const comparedHash = passwordHash ?? (await dummyHash);
  for (const form of passwordForms(password)) {
    if (await verify(comparedHash, form)) return passwordHash !== null;
  }
  return false;
}
