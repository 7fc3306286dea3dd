import { env } from "./env";

/**
 * The last thing that happens to a line before it is written: whatever in it looks like a secret, a token or
 * somebody's address is taken out, wherever it came from. What is known by name is redacted before (lib/core/log.ts);
 * this is for the texts of errors, which other people's code words.
 *
 * Every pattern is bounded, so that a long line takes no longer than it is long.
 */
const REDACTION_PATTERNS: readonly [RegExp, string][] = [
  // JWTs: access tokens, QStash's signatures.
  [/\beyJ[\w-]{1,2000}\.[\w-]{1,4000}(?:\.[\w-]{0,1000})?/g, "[token]"],
  [/\b(Bearer|Basic)\s+(?!realm=)[^\s"\\,]{1,4000}/gi, "$1 [redacted]"],
  // Password hashes, and the keys of Stripe and QStash, which begin alike everywhere.
  [/\$argon2[^\s"\\]{1,500}/g, "[hash]"],
  [/\b(?:sk|rk|pk|whsec|sig)_[A-Za-z0-9_-]{8,300}/g, "[secret]"],
  // Who and with what password, in an address of a server.
  [/(\w{1,20}:\/\/)[^\s/"\\@]{1,500}@/g, "$1[redacted]@"],
  // What follows a path: links from mails carry tokens there.
  [/(\bhttps?:\/\/[^\s"\\?#]{1,2000})[?#][^\s"\\]{1,4000}/g, "$1?[redacted]"],
  [/\b(token|code|password|secret|signature|key|email)=[^&\s"\\]{1,4000}/gi, "$1=[redacted]"],
  // Mail addresses; not the ids of our own messages, which have a UUID before the @.
  [
    /(?<![\w-])(?![0-9a-f]{8}-[0-9a-f]{4}-)[^\s"\\<>()[\],;:@/=]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    "[address]",
  ],
];

/** Shorter ones would be found in ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** A line, or any text, without what nobody may read in a log. */
export function censorText(text: string): string {
  let result = text;
  for (const secret of envSecrets()) result = result.replaceAll(secret, "[secret]");
  for (const [pattern, replacement] of REDACTION_PATTERNS) result = result.replace(pattern, replacement);
  return result;
}

let cachedSecrets: readonly string[] | undefined;

/** The values this process was given to keep. */
function envSecrets(): readonly string[] {
  cachedSecrets ??= collectSecrets();
  return cachedSecrets;
}

function collectSecrets(): string[] {
  const { DATABASE_URL, SMTP_URL, ...rest } = env();
  const named = Object.entries(rest).filter(([name]) => /_(TOKEN|SECRET|KEY)$/.test(name));
  const passwords = [DATABASE_URL, SMTP_URL].map((url) => (url ? new URL(url).password : ""));
  return [...named.map(([, value]) => String(value ?? "")), ...passwords, ...passwords.map(decodeOrKeep)]
    .filter((value) => value.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
