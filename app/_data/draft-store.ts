/** Unsent form input, kept in localStorage. */
interface DraftStore<Name extends string> {
  /** Null when there is no draft or storage is unavailable. */
  read(viewerId: string): Record<Name, string> | null;
  /** Best effort: without storage the form still works, but keeps no draft. */
  save(viewerId: string, values: Record<Name, string>): void;
}

/**
 * Drafts of one form, stored per user: two users of one computer must not see each other's drafts.
 *
 * @param emptyValues  the form's initial values; a draft equal to them is removed
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
        // storage is unavailable (private window) or full
      }
    },
  };
}

/** Files are kept by their id: the bytes are in the store. */
export const EMPTY_DRAFT = { title: "", audioFileId: "", coverFileId: "", text: "", tags: "" };

const postDrafts = createDraftStore("draft", EMPTY_DRAFT);
export const readDraft = postDrafts.read;
export const saveDraft = postDrafts.save;
