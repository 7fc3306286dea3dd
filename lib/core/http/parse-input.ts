import type { z } from "zod";
import { en, ru } from "zod/locales";
import { AppError } from "../errors";
import type { Locale } from "../locale";

const errorMaps = { ru: ru().localeError, en: en().localeError };

/**
 * Parses untrusted input by its schema.
 * @throws {AppError} bad_request that lists every invalid field, in the caller's language
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, locale: Locale): z.output<S> {
  const parsed = schema.safeParse(input, { error: errorMaps[locale] });
  if (parsed.success) return parsed.data;
  throw new AppError("bad_request", {
    details: parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
    cause: parsed.error,
  });
}
