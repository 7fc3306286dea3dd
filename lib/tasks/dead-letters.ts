import { z } from "zod";
import { withTimeout } from "../core/with-timeout";
import { db } from "../db";
import { queues } from "./catalogue";
import { messageSchema, qstash, queueUrl } from "./publish";

const REQUEST_TIMEOUT_MS = 5_000;
const PAGE_SIZE = 100;
/** Pages of one sweep. */
const MAX_PAGES = 10;
/** Pause before a task is published again, after QStash has used up its retries. */
const RETRY_DELAY_SECONDS = 300;

const deadLettersSchema = z.array(
  z.object({
    dlqId: z.string(),
    messageId: z.string(),
    url: z.string().optional(),
    body: z.string().optional(),
  }),
);

/**
 * Imports QStash's dead letters: schedules unfinished tasks for another publish under a new generation, until their
 * deadline, and deletes the letters. Best-effort messages stay in the dead letter queue for operators.
 *
 * Safe to repeat: a crash between the update and the deletion leaves letters that the next call imports again.
 * @returns how many letters of this deployment's tasks were imported
 */
export async function importDeadLetters(): Promise<number> {
  let imported = 0;
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const response = await withTimeout(
      qstash().dlq.listMessages({ count: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) }),
      REQUEST_TIMEOUT_MS,
    );
    const letters = deadLettersSchema.parse(response.messages).flatMap(parseDeadLetter);
    if (letters.length > 0) {
      await requeueTasks(letters);
      await withTimeout(qstash().dlq.delete(letters.map(({ dlqId }) => dlqId)), REQUEST_TIMEOUT_MS);
    }
    imported += letters.length;
    cursor = response.cursor;
    if (!cursor) break;
  }
  return imported;
}

interface TaskDeadLetter {
  dlqId: string;
  messageId: string;
  taskIds: string[];
}

/** Skips messages of other programs and of other deployments on the same QStash account. */
function parseDeadLetter({
  dlqId,
  messageId,
  url,
  body,
}: z.infer<typeof deadLettersSchema>[number]): TaskDeadLetter[] {
  let message: unknown;
  try {
    message = JSON.parse(body ?? "");
  } catch {
    return [];
  }
  const parsed = messageSchema.safeParse(message);
  if (!parsed.success || !("taskIds" in parsed.data) || !isOwnUrl(url)) return [];
  return [{ dlqId, messageId, taskIds: parsed.data.taskIds }];
}

function isOwnUrl(url: string | undefined): boolean {
  return Object.keys(queues).some((queue) => queueUrl(queue) === url);
}

/** Ignores a task that another message was sent for since. */
async function requeueTasks(letters: readonly TaskDeadLetter[]): Promise<void> {
  const named = letters.flatMap(({ messageId, taskIds }) => taskIds.map((taskId) => ({ messageId, taskId })));
  await db().$executeRaw`
UPDATE "Task" task SET state = 'pending',
  "dueAt" = least(task."dueAt", clock_timestamp() + ${RETRY_DELAY_SECONDS} * interval '1 second')
FROM unnest(${named.map(({ taskId }) => taskId)}::uuid[], ${named.map(({ messageId }) => messageId)}::text[])
  AS letter("taskId", "messageId")
WHERE task.id = letter."taskId" AND task."messageId" = letter."messageId" AND task.state IN ('pending', 'published')`;
}
