/** Text that is already markup. */
class RawMarkup {
  constructor(readonly text: string) {}
}

export const raw = (text: string): RawMarkup => new RawMarkup(text);

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A template tag that escapes its values for text and double-quoted attributes. */
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
