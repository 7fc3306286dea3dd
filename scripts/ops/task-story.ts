import type { TaskStory } from "@/lib/ops";
import { table } from "./command";

/** A task's story as lines for a terminal. */
export function describeStory(story: TaskStory): string[] {
  const { task, about, origin, cause, attempts, messages, effects, next, related, audit } = story;
  return [
    `${task.queue} ${task.id}: ${task.state}, ${task.attempts} attempts${task.error ? `, last error: ${task.error}` : ""}`,
    ...(about ? [`about ${about.subject}${about.status ? ` (${about.status})` : ""}`] : []),
    ...(origin ? [`began with ${describeCause(origin)}, task ${origin.taskId}`] : []),
    `caused by ${describeCause(cause)}`,
    ...section(
      "attempts",
      ["no", "outcome", "began", "ended", "error"],
      attempts.map(({ attempt, outcome, startedAt, endedAt, error }) => [
        String(attempt),
        outcome,
        startedAt ?? "",
        endedAt ?? "",
        error ?? "",
      ]),
    ),
    ...(messages.available ? [] : ["", "QStash does not answer: its events are unknown"]),
    ...section(
      "QStash",
      ["message", "at", "state", "status", "next delivery", "error"],
      messages.events.map(({ messageId, at, state, responseStatus, nextDeliveryAt, error }) => [
        messageId,
        at,
        state,
        String(responseStatus ?? ""),
        nextDeliveryAt ?? "",
        error ?? "",
      ]),
    ),
    ...section(
      "wrote",
      ["what", "id", "at", "detail"],
      effects.map(({ kind, id, at, detail }) => [kind, id, at ?? "", detail ?? ""]),
    ),
    ...(story.paused
      ? ["", `its queue is paused since ${story.paused.pausedAt}: ${story.paused.reason}`]
      : []),
    ...section(
      "next",
      ["what", "at"],
      next.map(({ kind, at }) => [kind, at]),
    ),
    ...section(
      "related",
      ["id", "queue", "state", "error"],
      related.map(({ id, queue, state, error }) => [id, queue, state, error ?? ""]),
    ),
    ...section(
      "operators",
      ["at", "who", "action", "reason"],
      audit.map(({ createdAt, actorName, action, reason }) => [
        createdAt,
        actorName ?? "",
        action,
        reason ?? "",
      ]),
    ),
  ];
}

function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ["", title, ...table(headings, rows)];
}

function describeCause({ at, requestId, traceId, person }: TaskStory["cause"]): string {
  const who = person ? ` of ${person.name} (${person.id})` : "";
  return `request ${requestId ?? "unknown"}${who} at ${at}${traceId ? `, trace ${traceId}` : ""}`;
}
