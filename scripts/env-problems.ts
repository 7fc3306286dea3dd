import { EnvError, envNames, envSchema, parseEnv, readEnv } from "@/lib/core/env";
import type { Environment, Secret } from "./secrets-config";

type Values = Readonly<Record<string, string | undefined>>;

export interface EnvProblems {
  /** The app would not start, or would not be safe. */
  errors: string[];
  /** Likely a mistake. */
  warnings: string[];
}

export interface Expectations {
  secrets: ReadonlyMap<string, Secret>;
  /** The values of `.env.example`: placeholders, never real values. */
  example: Values;
}

/**
 * Finds everything wrong with an environment. The messages name variables and never contain a value.
 *
 * @param source  the variables as they are set
 */
export function envProblems(
  source: Values,
  environment: Environment,
  expectations: Expectations,
): EnvProblems {
  const values = { ...readEnv(source), ...localStackValues(source, expectations.secrets) };
  const isDeployed = environment !== "development";
  const problems: EnvProblems = { errors: [], warnings: [] };
  checkSchema(source, isDeployed, problems);
  checkSecrets(values, environment, expectations, problems);
  checkReuse(values, expectations.secrets, problems);
  checkFormatting(source, values, problems);
  if (isDeployed) checkDeployed(source, values, expectations.example, problems);
  if (environment === "production") checkProduction(values, problems);
  return problems;
}

function localStackValues(source: Values, secrets: Expectations["secrets"]): Values {
  const names = [...secrets.keys()].filter((name) => !(name in envSchema.shape));
  return Object.fromEntries(names.map((name) => [name, source[name]?.trim() || undefined]));
}

/** Errors that the app itself would report. In development the local stack sets missing variables. */
function checkSchema(source: Values, isDeployed: boolean, { errors }: EnvProblems): void {
  const runtimeSource = isDeployed
    ? { ...source, NODE_ENV: source.NODE_ENV?.trim() || "production" }
    : source;
  try {
    parseEnv(runtimeSource);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    errors.push(...error.problems.filter((problem) => isDeployed || !problem.endsWith(": is not set")));
  }
}

/** Placeholders left in place of a value; compared without case and punctuation. */
const PLACEHOLDERS =
  /^(x+|your.*|my.*(secret|token|key)|change ?me.*|replace ?me.*|todo|tbd|example.*|placeholder.*|dummy.*|secret|password|token|test|postgres|admin|none|null|undefined|1234.*)$/;
/** Published with QStash's SDK for its development server: anyone can sign with them. */
const PUBLIC_KEYS = ["sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r", "sig_5ZB6DVzB1wjE8S6rZ7eenA8Pdnhs"];
/** A random secret of sufficient length has more; repeated words have fewer. */
const MIN_DISTINCT_CHARACTERS = 8;

function checkSecrets(
  values: Values,
  environment: Environment,
  { secrets, example }: Expectations,
  { errors, warnings }: EnvProblems,
): void {
  for (const [name, { requiredIn, minLength, prefix, purpose }] of secrets) {
    const value = values[name];
    if (value === undefined) {
      // Variables that the schema requires have been reported by checkSchema already.
      if (requiredIn.includes(environment) && !(name in envSchema.shape))
        errors.push(`${name}: is not set. ${purpose}`);
      // The app runs without it, but some features do not work.
      if (requiredIn.length === 0 && environment !== "development" && name in envSchema.shape)
        warnings.push(`${name}: is not set. ${purpose}`);
      continue;
    }
    if (environment === "development") continue;
    if (isPlaceholder(value) || value === example[name]) {
      errors.push(`${name}: is a placeholder, not a secret`);
    } else if (PUBLIC_KEYS.includes(value)) {
      errors.push(`${name}: is the public key of QStash's development server`);
    } else if (minLength !== undefined && value.length < minLength) {
      const isReported =
        name in envSchema.shape &&
        !envSchema.shape[name as keyof typeof envSchema.shape].safeParse(value).success;
      if (!isReported) errors.push(`${name}: must have at least ${minLength} characters`);
    } else if (new Set(value).size < MIN_DISTINCT_CHARACTERS) {
      errors.push(`${name}: is too easy to guess`);
    }
    if (prefix !== undefined && !value.startsWith(prefix)) errors.push(`${name}: must begin with ${prefix}`);
  }
}

function isPlaceholder(value: string): boolean {
  return (
    /^<.*>$/.test(value) ||
    PLACEHOLDERS.test(
      value
        .toLowerCase()
        .replace(/[-_.\s]+/g, " ")
        .trim(),
    )
  );
}

function checkReuse(values: Values, secrets: Expectations["secrets"], { errors }: EnvProblems): void {
  const namesByValue = new Map<string, string[]>();
  for (const name of secrets.keys()) {
    // Without a pooler it is the address of DATABASE_URL.
    if (name === "DIRECT_URL") continue;
    const value = values[name];
    if (value !== undefined) namesByValue.set(value, [...(namesByValue.get(value) ?? []), name]);
  }
  for (const names of namesByValue.values()) {
    if (names.length > 1) errors.push(`${names.join(", ")}: are the same; each needs its own`);
  }
}

/** Mistakes from copying a value out of a console or a file. */
function checkFormatting(source: Values, values: Values, { errors, warnings }: EnvProblems): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (/^(".*"|'.*'|`.*`)$/s.test(value)) errors.push(`${name}: has quotes around it`);
    if (/[\r\n]/.test(value)) errors.push(`${name}: has a line end in it`);
    const conflictingAliases = envNames(name).filter(
      (alias) => source[alias]?.trim() && source[alias]?.trim() !== value,
    );
    if (conflictingAliases.length > 0)
      warnings.push(`${name}: ${conflictingAliases.join(", ")} has another value, which is ignored`);
  }
}

function checkDeployed(
  source: Values,
  values: Values,
  example: Values,
  { errors, warnings }: EnvProblems,
): void {
  for (const name of ["APP_URL", "UPSTASH_REDIS_REST_URL"]) {
    if (values[name] !== undefined && values[name] === example[name])
      errors.push(`${name}: is the example's value`);
  }
  for (const name of ["APP_URL", "UPSTASH_REDIS_REST_URL", "QSTASH_URL", "ALERT_WEBHOOK_URL"]) {
    const url = values[name];
    if (url === undefined) continue;
    if (isLocal(url)) errors.push(`${name}: is an address of this machine`);
    else if (/^http:/i.test(url)) errors.push(`${name}: must begin with https://`);
  }
  for (const name of ["DATABASE_URL", "DIRECT_URL"]) {
    if (isPlaceholder(urlPassword(values[name]))) errors.push(`${name}: has a placeholder for a password`);
    if (isLocal(values[name])) warnings.push(`${name}: is an address of this machine`);
  }
  if (values.NODE_ENV !== undefined && values.NODE_ENV !== "production")
    errors.push("NODE_ENV: must be production, or not set");
  if (values.FAILPOINT) errors.push("FAILPOINT: kills the process; it is for crash tests only");
  const onVercel = Boolean(source.VERCEL?.trim()) || /\.vercel\.app\/?$/i.test(values.APP_URL ?? "");
  if (onVercel && (values.TRUST_PROXY ?? "none") === "none")
    warnings.push(
      "TRUST_PROXY: is none; on Vercel all users then share one address and its rate limit; set vercel",
    );
}

function checkProduction(values: Values, { warnings }: EnvProblems): void {
  if (values.LOG_LEVEL === "debug" || values.LOG_LEVEL === "trace")
    warnings.push("LOG_LEVEL: writes a line for every Redis command");
}

function urlPassword(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).password : "";
}

function isLocal(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return /^(localhost|.*\.localhost|127\..*|0\.0\.0\.0|\[::1\])$/i.test(hostname);
}
