import type { ProfileLink } from "@/lib/schemas/profile";

/** Rows of the form, as many as a profile may have links. */
export const LINK_ROWS = [0, 1, 2, 3, 4] as const;

type LinkRow = (typeof LINK_ROWS)[number];

/** A form's fields are flat: each row is two of them. */
export type LinkValues = Record<`url${LinkRow}` | `label${LinkRow}`, string>;

/** The rows that are filled, in order. */
export function filledRows(values: Readonly<LinkValues>): LinkRow[] {
  return LINK_ROWS.filter((row) => values[`url${row}`].trim() !== "" || values[`label${row}`].trim() !== "");
}

export function toLinks(values: Readonly<LinkValues>): ProfileLink[] {
  return filledRows(values).map((row) => ({ url: values[`url${row}`], label: values[`label${row}`] }));
}

export function toLinkValues(links: readonly ProfileLink[]): LinkValues {
  const of = (row: LinkRow) => ({
    [`url${row}`]: links[row]?.url ?? "",
    [`label${row}`]: links[row]?.label ?? "",
  });
  return Object.assign({}, ...LINK_ROWS.map(of)) as LinkValues;
}
