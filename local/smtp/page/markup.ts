/** Text that is markup already. */
class Raw {
  constructor(readonly text: string) {}
}

export const raw = (text: string): Raw => new Raw(text);

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A template whose values cannot become markup, in text and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: (string | Raw)[]): string {
  return String.raw(
    { raw: strings },
    ...values.map((value) =>
      value instanceof Raw ? value.text : value.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? ""),
    ),
  );
}
