/** Text that is markup already. */
class RawMarkup {
  constructor(readonly text: string) {}
}

export const raw = (text: string): RawMarkup => new RawMarkup(text);

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A template whose values cannot become markup, in text and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: (string | RawMarkup)[]): string {
  return String.raw(
    { raw: strings },
    ...values.map((value) =>
      value instanceof RawMarkup
        ? value.text
        : value.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? ""),
    ),
  );
}
