/** What people typed and have not sent yet, kept in this browser. */
interface DraftStore<Name extends string> {
  /** What was typed; null when there is nothing, or storage is closed to us. */
  read(viewerId: string): Record<Name, string> | null;
  /** Best effort: a browser without storage still sends, it only does not remember. */
  save(viewerId: string, values: Record<Name, string>): void;
}

/**
 * Drafts of one form. Per person: two people at one computer must not find each other's words.
 *
 * @param emptyValues  what the form begins with; a draft that is the same is none
 */
export function createDraftStore<Name extends string>(
  form: string,
  emptyValues: Record<Name, string>,
): DraftStore<Name> {
  const storageKey = (viewerId: string) => `normaldance:${form}:${viewerId}`;
  const names = Object.keys(emptyValues) as Name[];
  return {
    read(viewerId) {
      try {
        const stored: unknown = JSON.parse(localStorage.getItem(storageKey(viewerId)) ?? "null");
        if (typeof stored !== "object" || stored === null) return null;
        const values = { ...emptyValues };
        for (const name of names) values[name] = String(Reflect.get(stored, name) ?? emptyValues[name]);
        return values;
      } catch {
        return null;
      }
    },
    save(viewerId, values) {
      try {
        if (names.some((name) => values[name] !== emptyValues[name]))
          localStorage.setItem(storageKey(viewerId), JSON.stringify(values));
        else localStorage.removeItem(storageKey(viewerId));
      } catch {
        // private windows and full disks
      }
    },
  };
}

export const EMPTY_DRAFT = { title: "", text: "", tags: "" };

const postDrafts = createDraftStore("draft", EMPTY_DRAFT);
export const readDraft = postDrafts.read;
export const saveDraft = postDrafts.save;
