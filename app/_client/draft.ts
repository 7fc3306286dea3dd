export interface Draft {
  title: string;
  text: string;
  tags: string;
}

export const EMPTY_DRAFT: Draft = { title: "", text: "", tags: "" };

/** Per person: two people at one computer must not find each other's words. */
function keyOf(viewerId: string): string {
  return `normaldance:draft:${viewerId}`;
}

/** What was typed and not yet published; null when there is nothing, or storage is closed to us. */
export function readDraft(viewerId: string): Draft | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(viewerId)) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const textOf = (name: keyof Draft) => String(Reflect.get(kept, name) ?? "");
    return { title: textOf("title"), text: textOf("text"), tags: textOf("tags") };
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
