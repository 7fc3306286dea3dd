import { z } from "zod";
import { invalidParameterError } from "../errors";
import type { FormHash, FormValue } from "./form";

/** Schemas of parameters, which a form holds as text. Messages and codes are Stripe's. */

export const text = (maxLength = 5000) =>
  z.string().transform((value, context) => {
    if (value === "") return addIssue(context, "parameter_invalid_empty", EMPTY_STRING_MESSAGE);
    if (value.length > maxLength) {
      return addIssue(context, undefined, `Invalid string: must be at most ${maxLength} characters`);
    }
    return value;
  });

export const integer = (min: number, max = 99_999_999) =>
  z.string().transform((value, context) => {
    if (!/^-?\d{1,15}$/.test(value))
      return addIssue(context, "parameter_invalid_integer", `Invalid integer: ${value}`);
    const number = Number(value);
    if (number < min) {
      return addIssue(
        context,
        "parameter_invalid_integer",
        `This value must be greater than or equal to ${min}.`,
      );
    }
    if (number > max) {
      return addIssue(
        context,
        "parameter_invalid_integer",
        `This value must be less than or equal to ${max}.`,
      );
    }
    return number;
  });

export const boolean = z.string().transform((value, context) => {
  if (value !== "true" && value !== "false") return addIssue(context, undefined, `Invalid boolean: ${value}`);
  return value === "true";
});

export const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.string().transform((value, context): Values[number] => {
    const known = values.find((candidate) => candidate === value);
    return known ?? addIssue(context, undefined, `Invalid value: must be one of ${values.join(", ")}`);
  });

export const url = z.string().transform((value, context) => {
  // The placeholder `{CHECKOUT_SESSION_ID}` is no valid part of a URL.
  const isUrl = /^https?:\/\//.test(value) && URL.canParse(value.replaceAll("{CHECKOUT_SESSION_ID}", "x"));
  return isUrl ? value : addIssue(context, "url_invalid", "Not a valid URL");
});

export const currency = z.string().transform((value, context) => {
  const code = value.toLowerCase();
  return CURRENCIES.has(code) ? code : addIssue(context, undefined, `Invalid currency: ${value}.`);
});

const CURRENCIES = new Set(Intl.supportedValuesOf("currency").map((code) => code.toLowerCase()));

const MAX_METADATA_KEYS = 50;
const MAX_METADATA_KEY = 40;
const MAX_METADATA_VALUE = 500;

/** Up to 50 pairs; an empty value deletes its key. */
export const metadata = z
  .union([z.literal(""), z.record(z.string(), z.string())])
  .transform((input, context) => {
    if (input === "") return {};
    const pairs = Object.entries(input).filter(([, value]) => value !== "");
    if (pairs.length > MAX_METADATA_KEYS) {
      return addIssue(context, undefined, `You can specify up to ${MAX_METADATA_KEYS} metadata keys.`);
    }
    for (const [key, value] of pairs) {
      if (key.length > MAX_METADATA_KEY || value.length > MAX_METADATA_VALUE) {
        const limit = `${MAX_METADATA_KEY} characters for keys and ${MAX_METADATA_VALUE} for values`;
        return addIssue(
          context,
          undefined,
          `Metadata is limited to ${limit}: "${key.slice(0, MAX_METADATA_KEY)}"`,
        );
      }
    }
    return Object.fromEntries(pairs);
  });

/** `created=1700000000` or `created[gte]=…`, as a predicate on Unix seconds. */
export const range = z
  .union([
    z.string(),
    z
      .strictObject({
        gt: integer(0, 1e12),
        gte: integer(0, 1e12),
        lt: integer(0, 1e12),
        lte: integer(0, 1e12),
      })
      .partial(),
  ])
  .transform((input, context): ((seconds: number) => boolean) => {
    if (typeof input !== "string") {
      const { gt = -1, gte = 0, lt = Infinity, lte = Infinity } = input;
      return (seconds) => seconds > gt && seconds >= gte && seconds < lt && seconds <= lte;
    }
    if (!/^\d{1,12}$/.test(input))
      return addIssue(context, "parameter_invalid_integer", `Invalid integer: ${input}`);
    return (seconds) => seconds === Number(input);
  });

const EMPTY_STRING_MESSAGE =
  "You passed an empty string. We assume empty values are an attempt to unset a parameter; however this one cannot be unset.";

function addIssue(context: z.RefinementCtx, code: string | undefined, message: string): never {
  context.addIssue({ code: "custom", message, params: { code } });
  return z.NEVER;
}

/**
 * Validates a form against a schema.
 * @throws {StripeApiError} 400 about the first invalid parameter, in Stripe's notation
 */
export function readParams<Schema extends z.ZodType>(schema: Schema, form: FormHash): z.output<Schema> {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (!issue) throw invalidParameterError(undefined, "Invalid request");
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const name = parameterName([...path, ...issue.keys.slice(0, 1)]);
    throw invalidParameterError(
      name,
      `Received unknown parameter: ${name} (or one that this local Stripe does not have)`,
      "parameter_unknown",
    );
  }
  const name = parameterName(path);
  if (valueAt(form, path) === undefined) {
    throw invalidParameterError(name, `Missing required param: ${name}.`, "parameter_missing");
  }
  const code = issue.code === "custom" ? issue.params?.code : undefined;
  const message = issue.code === "custom" ? issue.message : `Invalid ${name}`;
  throw invalidParameterError(name, message, typeof code === "string" ? code : undefined);
}

const parameterName = ([first = "", ...rest]: string[]): string =>
  first + rest.map((key) => `[${key}]`).join("");

function valueAt(form: FormHash, path: string[]): FormValue | undefined {
  let current: FormValue | undefined = form;
  for (const key of path) {
    if (current === undefined || typeof current === "string") return undefined;
    current = Array.isArray(current) ? current[Number(key)] : current[key];
  }
  return current;
}
