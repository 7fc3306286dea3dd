/** Lines under headings; the same line twice is one. */
export class Sections {
  readonly #lines = new Map<string, Set<string>>();

  add(heading: string, ...lines: readonly string[]): void {
    const known = this.#lines.get(heading) ?? new Set();
    for (const line of lines) known.add(line.replace(/\s+/g, " ").trim());
    this.#lines.set(heading, known);
  }

  /** Headings in order, each with its lines in order. */
  toString(): string {
    return [...this.#lines]
      .sort(([a], [b]) => compare(a, b))
      .map(([heading, lines]) => `# ${heading}\n${[...lines].sort(compare).join("\n")}\n`)
      .join("\n");
  }
}

/**
 * What differs between two texts of this form: a heading, then `-` and what is lost, `+` and what is new. Empty when
 * they are the same. A line that has changed is both.
 */
export function differences(before: string, after: string): string[] {
  const [old, now] = [parse(before), parse(after)];
  const headings = [...new Set([...old.keys(), ...now.keys()])].sort(compare);
  return headings.flatMap((heading) => {
    const [had, has] = [old.get(heading) ?? new Set(), now.get(heading) ?? new Set()];
    const lost = [...had].filter((line) => !has.has(line)).map((line) => `- ${line}`);
    const gained = [...has].filter((line) => !had.has(line)).map((line) => `+ ${line}`);
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

/** By code units: the same on every machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
