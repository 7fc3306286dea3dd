import type { z } from "zod";
import { en, ru } from "zod/locales";
import { AppError } from "../errors";
import type { Locale } from "../locale";
import { isMessageKey, messageText } from "../messages";

const errorMaps = { ru: ru().localeError, en: en().localeError };

/**
 * Parses untrusted input by its schema.
 * @throws {AppError} bad_request that lists every invalid field, in the caller's language
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, locale: Locale): z.output<S> {
  const parsed = schema.safeParse(input, { error: errorMaps[locale] });
  if (parsed.success) return parsed.data;
  throw new AppError("bad_request", {
    details: parsed.error.issues.map((issue) => ({
      path: issue.path.join("."),
      message: issueText(issue, locale),
    })),
    cause: parsed.error,
  });
}

/** The schema's own text, if it names one as `params: { messageKey }`; else zod's for this kind of issue. */
function issueText(issue: z.core.$ZodIssue, locale: Locale): string {
  const key: unknown = issue.code === "custom" ? issue.params?.messageKey : undefined;
  return isMessageKey(key) ? messageText(key, locale) : issue.message;
}
