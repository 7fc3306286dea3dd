/** What people typed and have not sent yet, kept in this browser. */
interface DraftStore<Name extends string> {
  /** What was typed; null when there is nothing, or storage is closed to us. */
  read(viewerId: string): Record<Name, string> | null;
  /** Best effort: a browser without storage still sends, it only does not remember. */
  keep(viewerId: string, typed: Record<Name, string>): void;
}

/**
 * Drafts of one form. Per person: two people at one computer must not find each other's words.
 *
 * @param empty  what the form begins with; a draft that is the same is none
 */
export function draftStore<Name extends string>(form: string, empty: Record<Name, string>): DraftStore<Name> {
  const keyOf = (viewerId: string) => `normaldance:${form}:${viewerId}`;
  const names = Object.keys(empty) as Name[];
  return {
    read(viewerId) {
      try {
        const kept: unknown = JSON.parse(localStorage.getItem(keyOf(viewerId)) ?? "null");
        if (typeof kept !== "object" || kept === null) return null;
        const typed = { ...empty };
        for (const name of names) typed[name] = String(Reflect.get(kept, name) ?? empty[name]);
        return typed;
      } catch {
        return null;
      }
    },
    keep(viewerId, typed) {
      try {
        if (names.some((name) => typed[name] !== empty[name]))
          localStorage.setItem(keyOf(viewerId), JSON.stringify(typed));
        else localStorage.removeItem(keyOf(viewerId));
      } catch {
        // private windows and full disks
      }
    },
  };
}

export const EMPTY_DRAFT = { title: "", text: "", tags: "" };

const posts = draftStore("draft", EMPTY_DRAFT);
export const readDraft = posts.read;
export const keepDraft = posts.keep;
