import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { startLiveQuery } from "@/app/_data/realtime/live-query";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { Workflow } from "@/lib/schemas/bot-console";
import type { Definition } from "@/lib/schemas/workflow";
import { workflowApi } from "../bots-api";
import type { Edit } from "./edit";
import { type History, recordEdit, redo, startHistory, undo } from "./history";
import { parseDraft } from "./parse-draft";
import { type DraftContent, useDraftSaving } from "./use-draft-saving";

/** Numbers of people who wait are read this often while the page is seen. */
const PACE_MS = 5_000;

/** What is edited first: the draft if it can be drawn, or else what is published. */
export function contentOf(workflow: Workflow): DraftContent {
  const { draft, definition, command } = workflow;
  const drawn = draft && parseDraft(draft.definition);
  if (draft && drawn) return { definition: drawn, command: draft.command };
  const empty: Definition = { schema: 1, start: "", inputs: [], nodes: {} };
  return { definition: definition ?? empty, command };
}

/** The state of one workflow's editor: what the server has, what is edited, and how the two come together. */
export function useWorkflowEditor(botId: string, initial: Workflow) {
  const api = useMemo(() => workflowApi(botId, initial.key), [botId, initial.key]);
  const [workflow, setWorkflow] = useState(initial);
  const [first] = useState(() => contentOf(initial));
  const [history, setHistory] = useState<History>(() => startHistory(first.definition));
  const [command, setCommand] = useState(first.command);
  const [saved, setSaved] = useState<DraftContent>(first);
  /** The workflow with the draft of someone else, until it is decided which one stays. */
  const [conflict, setConflict] = useState<Workflow | null>(null);
  const [publishedMeanwhile, setPublishedMeanwhile] = useState(false);

  /** Also read by what runs before the next render. */
  const revision = useRef(initial.draftRevision);
  const receive = (answer: Workflow) => {
    revision.current = answer.draftRevision;
    setWorkflow(answer);
  };

  /** Calls that change the workflow: what is read while one is under way may be older or newer than its answer. */
  const changing = useRef({ active: 0, started: 0 });
  const change = async <T>(call: () => Promise<T>): Promise<T> => {
    changing.current.active += 1;
    changing.current.started += 1;
    try {
      return await call();
    } finally {
      changing.current.active -= 1;
    }
  };

  const saving = useDraftSaving({
    content: { definition: history.present, command },
    ...{ saved, revision: workflow.draftRevision, isBlocked: conflict !== null },
    send: (body) => change(() => api.saveDraft(body)),
    baseNumber: workflow.draft ? workflow.draft.baseNumber : workflow.publishedNumber,
    onSaved: (answer, content) => {
      receive(answer);
      setSaved(content);
    },
    onConflict: async () => {
      const result = await api.read();
      if (!result.ok || result.data.workflow.draftRevision === revision.current) return false;
      setConflict(result.data.workflow);
      return true;
    },
  });

  const refresh = useEffectEvent(async (): Promise<ApiFailure | null> => {
    const { started } = changing.current;
    const result = await api.read();
    if (!result.ok) return result.failure;
    const answer = result.data.workflow;
    if (changing.current.active > 0 || changing.current.started !== started) return null;
    if (answer.draftRevision === revision.current) receive(answer);
    else if (conflict === null) setConflict(answer);
    return null;
  });
  useEffect(() => {
    const query = startLiveQuery({ fetch: () => refresh(), paceMs: () => PACE_MS });
    return () => query.stop();
  }, []);

  /** Shows the server's state. What was edited can be brought back by undo. */
  const adopt = (answer: Workflow) => {
    const content = contentOf(answer);
    const next = recordEdit(history, { type: "load", definition: content.definition });
    setHistory(next);
    setCommand(content.command);
    setSaved({ definition: next.present, command: content.command });
    receive(answer);
    setConflict(null);
  };

  /** @returns the failure to show; null: another change was the reason, and the page says so */
  const explainRefusal = async (failure: ApiFailure): Promise<ApiFailure | null> => {
    if (failure.code !== "conflict") return failure;
    const result = await api.read();
    if (!result.ok) return result.failure;
    const answer = result.data.workflow;
    if (answer.draftRevision !== revision.current) setConflict(answer);
    else if (answer.publishedNumber !== workflow.publishedNumber) {
      receive(answer);
      setPublishedMeanwhile(true);
    } else return failure;
    return null;
  };

  return {
    ...{ api, workflow, history, command, saving, conflict, publishedMeanwhile },
    definition: history.present,
    edit: (edit: Edit, mergeKey: string | null = null) =>
      setHistory((now) => recordEdit(now, edit, mergeKey)),
    undo: () => setHistory(undo),
    redo: () => setHistory(redo),
    setCommand,
    adopt,
    /** Keeps what is here; it replaces the other draft. */
    keepMine: () => {
      if (!conflict) return;
      receive(conflict);
      setSaved(contentOf(conflict));
      setConflict(null);
    },
    /** @returns the failure to show; null: published, or the page says why not */
    publish: async (): Promise<ApiFailure | null> => {
      if (!(await saving.flush())) return null;
      setPublishedMeanwhile(false);
      const result = await change(() =>
        api.publish({ revision: revision.current, expectedNumber: workflow.publishedNumber }),
      );
      if (!result.ok) return explainRefusal(result.failure);
      receive(result.data.workflow);
      return null;
    },
    rollBack: async (number: number): Promise<ApiFailure | null> => {
      if (!(await saving.flush())) return null;
      const result = await change(() => api.rollBack({ number, expectedNumber: workflow.publishedNumber }));
      if (!result.ok) return explainRefusal(result.failure);
      if (result.data.workflow.draft) receive(result.data.workflow);
      else adopt(result.data.workflow);
      return null;
    },
    /** @returns null: refused because of another change, which the page shows */
    startTest: async (): Promise<Awaited<ReturnType<typeof api.test>> | null> => {
      if (!(await saving.flush())) return null;
      const result = await api.test({ revision: revision.current });
      if (result.ok) return result;
      const failure = await explainRefusal(result.failure);
      return failure && { ok: false, failure };
    },
    discard: async (): Promise<ApiFailure | null> => {
      const result = await change(() => api.discardDraft(revision.current));
      if (!result.ok) return explainRefusal(result.failure);
      adopt(result.data.workflow);
      return null;
    },
  };
}

export type WorkflowEditorState = ReturnType<typeof useWorkflowEditor>;
