import * as z from "zod/mini";

const draft = z.object({ title: z.string(), text: z.string(), tags: z.string() });

export type Draft = z.infer<typeof draft>;

/** Per person: two people at one computer must not find each other's words. */
function keyOf(viewerId: string): string {
  return `normaldance:draft:${viewerId}`;
}

/** What was typed and not yet published; null when there is nothing, or storage is closed to us. */
export function readDraft(viewerId: string): Draft | null {
  try {
    const parsed = draft.safeParse(JSON.parse(localStorage.getItem(keyOf(viewerId)) ?? "null"));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Best effort: a browser without storage still publishes, it only does not remember. */
export function keepDraft(viewerId: string, typed: Draft): void {
  try {
    if (typed.title || typed.text || typed.tags) localStorage.setItem(keyOf(viewerId), JSON.stringify(typed));
    else localStorage.removeItem(keyOf(viewerId));
  } catch {
    // private windows and full disks
  }
}

export const EMPTY_DRAFT: Draft = { title: "", text: "", tags: "" };
