import { callApi } from "@/app/_data/call-api";
import type {
  Bot,
  BotChange,
  BotNumbers,
  DraftChange,
  ImportInput,
  NewBotInput,
  NewWorkflow,
  Publication,
  Rollback,
  TestRun,
  VersionDefinition,
  Workflow,
  WorkflowSummary,
} from "@/lib/schemas/bot-console";
import type {
  ExecutionAction,
  ExecutionMove,
  ExecutionSummary,
  Timeline,
} from "@/lib/schemas/bot-executions";

/** Calls of `/api/bots`, which docs/BOT.md lists. Those that can be repeated are done once, also when an answer was lost. */

type WorkflowAnswer = { workflow: Workflow };
type ExecutionAnswer = { execution: ExecutionSummary };

const workflowPath = (botId: string, key: string) => `/api/bots/${botId}/workflows/${key}` as const;
const executionPath = (botId: string, id: string) => `/api/bots/${botId}/executions/${id}` as const;

export const addBot = (body: NewBotInput) => callApi<{ bot: Bot }>("/api/bots", { method: "POST", body });

export const changeBot = (botId: string, body: BotChange) =>
  callApi<{ bot: Bot }>(`/api/bots/${botId}`, { method: "PATCH", body });

export const deleteBot = (botId: string) => callApi(`/api/bots/${botId}`, { method: "DELETE" });

export const connectBot = (botId: string) => callApi(`/api/bots/${botId}/webhook`, { method: "POST" });

export const readBotNumbers = (botIds: readonly string[]) =>
  callApi<{ items: BotNumbers[] }>(`/api/bots/numbers?botIds=${botIds.join(",")}`);

export const createWorkflow = (botId: string, body: NewWorkflow) =>
  callApi<WorkflowAnswer>(`/api/bots/${botId}/workflows`, { method: "POST", body, repeatable: true });

export const importWorkflows = (botId: string, body: ImportInput) =>
  callApi<{ items: WorkflowSummary[] }>(`/api/bots/${botId}/import`, {
    method: "POST",
    body,
    repeatable: true,
  });

/** The calls of one workflow. */
export function workflowApi(botId: string, key: string) {
  const path = workflowPath(botId, key);
  return {
    read: () => callApi<WorkflowAnswer>(path),
    readVersion: (number: number) => callApi<{ version: VersionDefinition }>(`${path}/versions/${number}`),
    saveDraft: (body: DraftChange) =>
      callApi<WorkflowAnswer>(`${path}/draft`, { method: "PUT", body, repeatable: true }),
    discardDraft: (revision: number) =>
      callApi<WorkflowAnswer>(`${path}/draft?revision=${revision}`, { method: "DELETE" }),
    publish: (body: Publication) =>
      callApi<WorkflowAnswer>(`${path}/publish`, { method: "POST", body, repeatable: true }),
    rollBack: (body: Rollback) =>
      callApi<WorkflowAnswer>(`${path}/rollback`, { method: "POST", body, repeatable: true }),
    test: (body: TestRun) =>
      callApi<ExecutionAnswer>(`${path}/test`, { method: "POST", body, repeatable: true }),
  };
}

/** The calls of one person's run. */
export function executionApi(botId: string, id: string) {
  const path = executionPath(botId, id);
  return {
    read: (after = 0) => callApi<Timeline>(`${path}?after=${after}`),
    resume: (body: ExecutionAction) =>
      callApi<ExecutionAnswer>(`${path}/resume`, { method: "POST", body, repeatable: true }),
    cancel: (body: ExecutionAction) =>
      callApi<ExecutionAnswer>(`${path}/cancel`, { method: "POST", body, repeatable: true }),
    move: (body: ExecutionMove) =>
      callApi<ExecutionAnswer>(`${path}/move`, { method: "POST", body, repeatable: true }),
  };
}
