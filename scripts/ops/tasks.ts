import { idSchema } from "@/lib/schemas/id";
import {
  cancelTask,
  countTasksBy,
  getTask,
  getTaskOverview,
  listTasks,
  redriveDeadTasks,
  replayTask,
  taskFilterSchema,
} from "@/lib/tasks";
import { type Command, requireWord, table, UsageError } from "./command";

/** `npm run ops -- tasks …` and `queues …` */
export const tasks: Readonly<Record<string, Command>> = {
  list: {
    usage: "tasks list [--queue q] [--state s] [--owner id] [--subject s] [--error text] [--from t] [--to t]",
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
      const more = page.nextCursor ? [`more: --cursor ${page.nextCursor}`] : [];
      return {
        json: page,
        lines: [...table(["id", "queue", "state", "attempts", "created", "error"], rows), ...more],
      };
    },
  },
  show: {
    usage: "tasks show <id>",
    summary: "one task with its error",
    run: async ({ caller, words }) => {
      const task = await getTask(taskId(words), caller);
      return { json: task, lines: Object.entries(task).map(([name, value]) => `${name}: ${asText(value)}`) };
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
  redrive: {
    usage:
      "tasks redrive [--queue q] [--owner id] [--subject s] [--error text] [--from t] [--to t] --reason text [--yes]",
    summary: "all dead tasks by filters; without --yes it says how many. Ctrl-C stops after a batch",
    changes: "something",
    run: async ({ caller, options, yes, auditContext }) => {
      const { state: _state, cursor: _cursor, limit: _limit, ...filter } = definedOf(options);
      const parsed = taskFilterSchema.safeParse({ ...filter, state: "dead" });
      if (!parsed.success) throw new UsageError(parsed.error.issues.map(describeIssue).join("\n"));
      if (!yes) {
        const matching = await countTasksBy(caller, parsed.data);
        return { json: { matching }, lines: [`${matching} dead tasks match: add --yes to replay them`] };
      }
      const { state: _dead, cursor: _page, limit: _size, ...dead } = parsed.data;
      let progress = { revived: 0, seen: 0 };
      for await (progress of redriveDeadTasks(caller, dead, auditContext))
        console.error(`${progress.revived} of ${progress.seen} replayed`);
      return { json: progress, lines: [`${progress.revived} replayed`] };
    },
  },
  cancel: {
    usage: "tasks cancel <id> --reason text --yes",
    summary: "a task that has not finished",
    changes: "destroys",
    run: async ({ caller, words, auditContext }) => {
      const task = await cancelTask(taskId(words), caller, auditContext);
      return { json: task, lines: [`${task.id} is ${task.state}`] };
    },
  },
};

export const queues: Readonly<Record<string, Command>> = {
  list: {
    usage: "queues list",
    summary: "tasks by queue and state, and since when the oldest waits",
    run: async ({ caller }) => {
      const { queues: rows } = await getTaskOverview(caller);
      const lines = table(
        ["queue", "pending", "published", "running", "dead", "done", "cancelled", "oldest waiting"],
        rows.map(({ queue, counts, oldestWaitingAt }) => [
          queue,
          ...[
            counts.pending,
            counts.published,
            counts.running,
            counts.dead,
            counts.done,
            counts.cancelled,
          ].map(String),
          oldestWaitingAt ?? "",
        ]),
      );
      return { json: rows, lines };
    },
  },
};

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
const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
