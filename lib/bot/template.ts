import type { Locale } from "../core/locale";
import type { VariableValue } from "../schemas/bot";
import { isolate } from "../schemas/isolate";
import { escapeHtml, visibleLength } from "../schemas/telegram-text";
import { replacePlaceholders } from "../schemas/workflow";

/** The value of a variable; undefined for one that is not set. */
export type Lookup = (name: string) => VariableValue | undefined;

/** Longest value that a variable keeps. */
export const MAX_VALUE_LENGTH = 1_000;

/** A variable as text. */
export function valueText(value: VariableValue | undefined): string {
  return value === undefined ? "" : String(value);
}

/** A variable as people read it: `2,5` in Russian. Without separators of thousands, since a number may be a year. */
function shownText(value: VariableValue | undefined, locale: Locale): string {
  if (typeof value !== "number") return valueText(value);
  return value.toLocaleString(locale, { useGrouping: false, maximumFractionDigits: 10 });
}

/** Fills a template as plain text, in one pass: a value with `{{…}}` in it stays as it is. */
export function renderText(template: string, lookup: Lookup): string {
  return cut(
    replacePlaceholders(template, (name) => valueText(lookup(name))),
    MAX_VALUE_LENGTH,
  );
}

/**
 * Fills a template of Telegram's HTML in a language. Values are escaped, so they show as they are and cannot add markup, and are not
 * looked at again; each line of one keeps its own direction. When the text would be too long for Telegram, values are
 * cut, the longest ones first.
 *
 * @param maxLength  UTF-16 units as Telegram counts them
 */
export function renderHtml(template: string, lookup: Lookup, locale: Locale, maxLength: number): string {
  const render = (maxValueLength: number) =>
    replacePlaceholders(template, (name) =>
      escapeHtml(cut(shownText(lookup(name), locale), maxValueLength).replace(/[^\n]+/g, isolate)),
    );
  const fits = (maxValueLength: number) => visibleLength(render(maxValueLength)) <= maxLength;
  if (fits(maxLength)) return render(maxLength);
  // The longest that fits; lengths grow with it.
  let [low, high] = [0, maxLength];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return render(low);
}

/** At most so many UTF-16 units, with a sign that some are missing; no half of a character. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  if (maxLength < 1) return "";
  return `${text.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
