/** Lines under headings, without duplicates. */
export class Sections {
  readonly #lines = new Map<string, Set<string>>();

  add(heading: string, ...lines: readonly string[]): void {
    const known = this.#lines.get(heading) ?? new Set();
    for (const line of lines) known.add(line.replace(/\s+/g, " ").trim());
    this.#lines.set(heading, known);
  }

  /** All headings, sorted, each with its sorted lines. */
  toString(): string {
    return [...this.#lines]
      .sort(([a], [b]) => compare(a, b))
      .map(([heading, lines]) => `# ${heading}\n${[...lines].sort(compare).join("\n")}\n`)
      .join("\n");
  }
}

/**
 * The differences between two texts of this form: a heading, then lost lines with `-` and new lines with `+`. Empty
 * when the texts are equal. A changed line shows as lost and new.
 */
export function differences(before: string, after: string): string[] {
  const [beforeSections, afterSections] = [parse(before), parse(after)];
  const headings = [...new Set([...beforeSections.keys(), ...afterSections.keys()])].sort(compare);
  return headings.flatMap((heading) => {
    const [old, current] = [
      beforeSections.get(heading) ?? new Set(),
      afterSections.get(heading) ?? new Set(),
    ];
    const lost = [...old].filter((line) => !current.has(line)).map((line) => `- ${line}`);
    const gained = [...current].filter((line) => !old.has(line)).map((line) => `+ ${line}`);
    return lost.length + gained.length > 0 ? [heading, ...lost, ...gained] : [];
  });
}

function parse(text: string): Map<string, Set<string>> {
  const sections = new Map<string, Set<string>>();
  let lines = new Set<string>();
  for (const line of text.split("\n")) {
    if (line.startsWith("# ")) {
      lines = new Set();
      sections.set(line, lines);
    } else if (line !== "") lines.add(line);
  }
  return sections;
}

/** Compares by code units, so that the order is the same on every machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
