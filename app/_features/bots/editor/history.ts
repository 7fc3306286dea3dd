import type { Definition } from "@/lib/schemas/workflow";
import { applyEdit, type Edit } from "./edit";

/** Steps that can be undone; older ones are forgotten. */
export const MAX_UNDO = 200;

/** A definition with what it was before and, after undoing, what it was later. Definitions share what did not change. */
export interface History {
  past: readonly Definition[];
  present: Definition;
  future: readonly Definition[];
  /** Edits with the same key, one after another, are one step: the letters of one text. */
  mergeKey: string | null;
}

export function startHistory(definition: Definition): History {
  return { past: [], present: definition, future: [], mergeKey: null };
}

/** @param mergeKey  null: a step of its own */
export function recordEdit(history: History, edit: Edit, mergeKey: string | null = null): History {
  const present = applyEdit(history.present, edit);
  if (present === history.present) return history;
  const isMerged = mergeKey !== null && mergeKey === history.mergeKey;
  const past = isMerged ? history.past : [...history.past, history.present].slice(-MAX_UNDO);
  return { past, present, future: [], mergeKey };
}

export function undo(history: History): History {
  const previous = history.past.at(-1);
  if (!previous) return history;
  return {
    past: history.past.slice(0, -1),
    present: previous,
    future: [history.present, ...history.future],
    mergeKey: null,
  };
}

export function redo(history: History): History {
  const [next, ...future] = history.future;
  if (!next) return history;
  return { past: [...history.past, history.present], present: next, future, mergeKey: null };
}
