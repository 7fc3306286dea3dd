import { env } from "./env";

/**
 * The last step before a log line is written: it replaces everything that looks like a secret, a token or an address.
 * Fields with known names are redacted before (lib/core/log.ts); this step covers error messages of libraries.
 *
 * Every quantifier is bounded, so that the time stays linear in the length of the line.
 */
const REDACTION_PATTERNS: readonly [RegExp, string][] = [
  // JWTs: access tokens, QStash signatures.
  [/\beyJ[\w-]{1,2000}\.[\w-]{1,4000}(?:\.[\w-]{0,1000})?/g, "[token]"],
  [/\b(Bearer|Basic)\s+(?!realm=)[^\s"\\,]{1,4000}/gi, "$1 [redacted]"],
  // Password hashes, and the keys of Stripe and QStash, which have fixed prefixes.
  [/\$argon2[^\s"\\]{1,500}/g, "[hash]"],
  [/\b(?:sk|rk|pk|whsec|sig)_[A-Za-z0-9_-]{8,300}/g, "[secret]"],
  // The token of a Telegram bot, in the address of each call.
  [/\b(bot)?\d{6,20}:[A-Za-z0-9_-]{30,100}/g, "$1[secret]"],
  // User and password in a server's URL.
  [/(\w{1,20}:\/\/)[^\s/"\\@]{1,500}@/g, "$1[redacted]@"],
  // Query and fragment of a URL: links in mails have tokens there.
  [/(\bhttps?:\/\/[^\s"\\?#]{1,2000})[?#][^\s"\\]{1,4000}/g, "$1?[redacted]"],
  [/\b(token|code|password|secret|signature|key|email)=[^&\s"\\]{1,4000}/gi, "$1=[redacted]"],
  // Mail addresses, but not our own Message-IDs, which have a UUID before the @.
  [
    /(?<![\w-])(?![0-9a-f]{8}-[0-9a-f]{4}-)[^\s"\\<>()[\],;:@/=]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    "[address]",
  ],
];

/** Shorter values would match parts of ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** Replaces secrets and personal data in a log line or any other text. */
export function censorText(text: string): string {
  let result = text;
  for (const secret of envSecrets()) result = result.replaceAll(secret, "[secret]");
  for (const [pattern, replacement] of REDACTION_PATTERNS) result = result.replace(pattern, replacement);
  return result;
}

let cachedSecrets: readonly string[] | undefined;

/** The secrets in this process's environment. */
function envSecrets(): readonly string[] {
  cachedSecrets ??= collectSecrets();
  return cachedSecrets;
}

function collectSecrets(): string[] {
  const { DATABASE_URL, DIRECT_URL, SMTP_URL, ...rest } = env();
  const named = Object.entries(rest).filter(([name]) =>
    /_(TOKEN|SECRET|KEY)$|^(ALERT_WEBHOOK|CHAIN_RPC)_URL$/.test(name),
  );
  const passwords = [DATABASE_URL, DIRECT_URL, SMTP_URL].map((url) => (url ? new URL(url).password : ""));
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
