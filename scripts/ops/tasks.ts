import type { AuditContext } from "@/lib/audit";
import { getSchedules, getTaskStory } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import {
  cancelDeadTasksBy,
  cancelTaskAsOperator,
  getTaskOverview,
  listTasks,
  MAX_COUNT,
  MAX_MATCHES,
  pauseQueue,
  previewRedrive,
  type RedrivePreview,
  redriveDeadTasks,
  redriveFilterSchema,
  replayTask,
  resumeQueue,
  taskFilterSchema,
} from "@/lib/tasks";
import { type Command, moreLines, requireWord, table, UsageError } from "./command";
import { describeStory } from "./task-story";

const FILTERS = "[--queue q] [--owner id] [--about id] [--subject s] [--error text] [--from t] [--to t]";

/** `npm run ops -- tasks …` and `queues …` */
export const tasks: Readonly<Record<string, Command>> = {
  list: {
    usage: `tasks list [--state s] ${FILTERS}`,
    summary: "tasks by filters, newest first; --limit, --cursor",
    run: async ({ caller, options }) => {
      const filter = taskFilterSchema.safeParse(definedOf(options));
      if (!filter.success) throw new UsageError(filter.error.issues.map(describeIssue).join("\n"));
      const page = await listTasks(caller, filter.data);
      const rows = page.items.map(({ id, queue, state, attempts, createdAt, error }) => [
        id,
        queue,
        state,
        String(attempts),
        createdAt,
        oneLine(error ?? ""),
      ]);
      return {
        json: page,
        lines: [...table(["id", "queue", "state", "attempts", "created", "error"], rows), ...moreLines(page)],
      };
    },
  },
  show: {
    usage: "tasks show <id>",
    summary: "one task: the request that caused it, attempts, messages, effects and what comes next",
    run: async ({ caller, words }) => {
      const story = await getTaskStory(caller, taskId(words));
      return { json: story, lines: describeStory(story) };
    },
  },
  retry: {
    usage: "tasks retry <id> --reason text",
    summary: "a dead task gets a second life; its effects are not repeated",
    changes: "something",
    run: async ({ caller, words, auditContext }) => {
      const task = await replayTask(taskId(words), caller, auditContext);
      return { json: task, lines: [`${task.id} is ${task.state}`] };
    },
  },
  edit: {
    usage: "tasks edit <id> --payload json --reason text",
    summary: "a dead task is retried with another payload; not that of a mail or a notification",
    changes: "something",
    run: async ({ caller, words, options, auditContext }) => {
      const payload = parsePayloadOption(options.payload);
      const task = await replayTask(taskId(words), caller, { ...auditContext, payload });
      return { json: task, lines: [`${task.id} is ${task.state}`] };
    },
  },
  redrive: {
    usage: `tasks redrive ${FILTERS} --reason text [--yes]`,
    summary:
      "all dead tasks by filters; without --yes it says how many and shows some. Ctrl-C stops after a batch",
    changes: "something",
    run: async ({ caller, options, yes, auditContext }) => {
      const filter = parseFilter(options);
      if (!yes) return describePreview(await previewRedrive(caller, filter), "replay");
      let progress = { changed: 0, seen: 0 };
      for await (progress of redriveDeadTasks(caller, filter, auditContext))
        console.error(`${progress.changed} of ${progress.seen} replayed`);
      const { changed: revived, seen } = progress;
      return { json: { revived, seen }, lines: [`${revived} replayed`] };
    },
  },
  cancel: {
    usage: `tasks cancel <id> --reason text --yes, or tasks cancel ${FILTERS} --reason text [--yes]`,
    summary: "a task that is dead or has not finished; without an id all dead ones by filters, as redrive",
    changes: "something",
    run: async ({ caller, words, options, yes, auditContext }) => {
      if (words.length > 0) {
        if (!yes) throw new UsageError("this cannot be undone: add --yes");
        const task = await cancelTaskAsOperator(taskId(words), caller, auditContext);
        return { json: task, lines: [`${task.id} is ${task.state}`] };
      }
      const filter = parseFilter(options);
      if (!yes) return describePreview(await previewRedrive(caller, filter), "cancel");
      let progress = { changed: 0, seen: 0 };
      for await (progress of cancelDeadTasksBy(caller, filter, auditContext))
        console.error(`${progress.changed} of ${progress.seen} cancelled`);
      const { changed: cancelled, seen } = progress;
      return { json: { cancelled, seen }, lines: [`${cancelled} cancelled`] };
    },
  },
};

export const queues: Readonly<Record<string, Command>> = {
  list: {
    usage: "queues list",
    summary: "tasks by queue and state, since when the oldest waits, and which queues are paused",
    run: async ({ caller }) => {
      const { queues: rows } = await getTaskOverview(caller);
      const lines = table(
        ["queue", "pending", "published", "running", "dead", "done", "cancelled", "oldest waiting", "paused"],
        rows.map(({ queue, counts, oldestWaitingAt, paused }) => [
          queue,
          ...[
            counts.pending,
            counts.published,
            counts.running,
            counts.dead,
            counts.done,
            counts.cancelled,
          ].map((count) => (count === MAX_COUNT ? `${count}+` : String(count))),
          oldestWaitingAt ?? "",
          paused ? `${paused.pausedAt}: ${paused.reason}` : "",
        ]),
      );
      return { json: rows, lines };
    },
  },
  pause: {
    usage: "queues pause <queue> --reason text",
    summary: "its tasks wait in Postgres until it is resumed; running attempts end",
    changes: "something",
    run: async ({ caller, words, auditContext }) => {
      const pause = await pauseQueue(caller, requireWord(words, "queue"), withReason(auditContext));
      return { json: pause, lines: [`${pause.queue} is paused since ${pause.pausedAt}`] };
    },
  },
  resume: {
    usage: "queues resume <queue> --reason text",
    summary: "its waiting tasks get a new deadline and are published",
    changes: "something",
    run: async ({ caller, words, auditContext }) => {
      const resumed = await resumeQueue(caller, requireWord(words, "queue"), withReason(auditContext));
      return { json: resumed, lines: [`${resumed.queue} runs`] };
    },
  },
};

export const schedules: Readonly<Record<string, Command>> = {
  list: {
    usage: "schedules list",
    summary: "QStash's schedules, and when the paths that schedules must call were last called",
    run: async ({ caller }) => {
      const found = await getSchedules(caller);
      const calls = found.calls.map(({ path, lastSuccessAt, lastFailureAt }) => [
        path,
        lastSuccessAt ?? "not in the last day",
        lastFailureAt ?? "",
      ]);
      const rows = found.qstash?.map(({ id, path, cron, isPaused, lastAt, nextAt }) => [
        id,
        path,
        cron,
        lastAt ?? "",
        isPaused ? "paused" : (nextAt ?? ""),
      ]);
      return {
        json: found,
        lines: [
          ...table(["path", "last success", "last failure"], calls),
          "",
          ...(rows ? table(["schedule", "path", "cron", "last", "next"], rows) : ["QStash does not answer"]),
        ],
      };
    },
  },
};

function parseFilter(options: Readonly<Record<string, string | undefined>>) {
  const parsed = redriveFilterSchema.safeParse(definedOf(options));
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(describeIssue).join("\n"));
  return parsed.data;
}

function describePreview(preview: RedrivePreview, verb: "replay" | "cancel") {
  const { matching, sample } = preview;
  return {
    json: preview,
    lines: [
      ...sample.map(({ id, queue, error }) => `${id} ${queue} ${oneLine(error ?? "")}`),
      `${matching}${matching === MAX_MATCHES ? " and more" : ""} dead tasks match: add --yes to ${verb} them`,
    ],
  };
}

/** A command that changes something was given a reason (scripts/ops.ts). */
const withReason = ({ reason = "", ...context }: AuditContext) => ({ ...context, reason });

function parsePayloadOption(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new UsageError("--payload is not JSON");
  }
}

function taskId(words: readonly string[]): string {
  const id = idSchema.safeParse(requireWord(words, "task"));
  if (!id.success) throw new UsageError("a task's id is a UUID");
  return id.data;
}

function definedOf(options: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).flatMap(([name, text]) => (text ? [[name, text]] : [])));
}

const describeIssue = ({ path, message }: { path: PropertyKey[]; message: string }) =>
  `--${path.map(String).join(".")}: ${message}`;

const MAX_ERROR_LENGTH = 100;
const oneLine = (text: string) => text.replace(/\s+/g, " ").slice(0, MAX_ERROR_LENGTH);
