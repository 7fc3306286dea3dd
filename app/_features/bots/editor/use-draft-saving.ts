import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import type { DraftChange, Workflow } from "@/lib/schemas/bot-console";
import type { Definition } from "@/lib/schemas/workflow";

/** After the last letter. */
const SAVE_DELAY_MS = 700;

/** What a draft consists of. */
export interface DraftContent {
  definition: Definition;
  command: string | null;
}

interface Options {
  content: DraftContent;
  /** What the server has: changes are saved when the content is another one. */
  saved: DraftContent;
  revision: number;
  baseNumber: number | null;
  send: (body: DraftChange) => Promise<ApiResult<{ workflow: Workflow }>>;
  onSaved: (workflow: Workflow, content: DraftContent) => void;
  /** The server refused the draft. Resolves to whether another change of it was the reason. */
  onConflict: () => Promise<boolean>;
  /** A conflict must be decided first. */
  isBlocked: boolean;
}

const isSameContent = (a: DraftContent, b: DraftContent) =>
  a.definition === b.definition && a.command === b.command;

/** Saves the draft a moment after each change, one call at a time; the newest content wins. */
export function useDraftSaving(options: Options) {
  const latest = useRef(options);
  const isSending = useRef<Promise<boolean> | null>(null);
  const [state, setState] = useState<"idle" | "saving">("idle");
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const { content, saved, isBlocked } = options;
  const isDirty = !isSameContent(content, saved);
  useEffect(() => {
    latest.current = options;
  });

  const sendAll = async (): Promise<boolean> => {
    setState("saving");
    for (;;) {
      const {
        content: current,
        saved: known,
        revision,
        baseNumber,
        send,
        onSaved,
        onConflict,
      } = latest.current;
      if (isSameContent(current, known)) break;
      const result = await send({ ...current, revision, baseNumber });
      if (!result.ok) {
        setState("idle");
        const isConflict = result.failure.code === "conflict" && (await onConflict());
        if (!isConflict) setFailure(result.failure);
        return false;
      }
      setFailure(null);
      onSaved(result.data.workflow, current);
      latest.current = { ...latest.current, saved: current, revision: result.data.workflow.draftRevision };
    }
    setState("idle");
    return true;
  };

  /** Saves at once. @returns whether the server has the newest content */
  const flush = async (): Promise<boolean> => {
    if (latest.current.isBlocked) return false;
    isSending.current ??= sendAll().finally(() => {
      isSending.current = null;
    });
    return isSending.current;
  };

  const flushLater = useEffectEvent(() => void flush());
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the content starts the wait again
  useEffect(() => {
    if (!isDirty || isBlocked) return;
    const timer = setTimeout(() => flushLater(), SAVE_DELAY_MS);
    return () => clearTimeout(timer);
  }, [content.definition, content.command, isDirty, isBlocked]);

  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isDirty]);

  return { isSaving: state === "saving", isDirty, failure: isDirty ? failure : null, flush };
}
