import { z } from "zod";
import { withTimeout } from "../core/with-timeout";
import { db } from "../db";
import { messageSchema } from "./message";
import { qstash, queueUrl } from "./qstash";

const REQUEST_TIMEOUT_MS = 5_000;
const PAGE_SIZE = 100;
/** Pages of one sweep. */
const MAX_PAGES = 10;
/** QStash gave up after all its retries: a pause before it is asked again. */
const RETRY_DELAY_SECONDS = 300;

const deadLettersSchema = z.array(
  z.object({ dlqId: z.string(), url: z.string().optional(), body: z.string().optional() }),
);

/**
 * Brings home what QStash has given up on: a task that is not finished is published again after a pause, under a
 * new generation, until its deadline; then the letter is deleted. Best-effort messages are left for people to see.
 *
 * A process that dies between the two does it again, which changes nothing.
 * @returns how many letters of ours there were
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
  taskId: string;
  generation: number;
}

/** Somebody else's messages, and those of other deployments on the same account, are not ours to touch. */
function parseDeadLetter({ dlqId, url, body }: z.infer<typeof deadLettersSchema>[number]): TaskDeadLetter[] {
  let message: unknown;
  try {
    message = JSON.parse(body ?? "");
  } catch {
    return [];
  }
  const parsed = messageSchema.safeParse(message);
  if (!parsed.success || !("taskId" in parsed.data) || url !== queueUrl(parsed.data.queue)) return [];
  return [{ dlqId, taskId: parsed.data.taskId, generation: parsed.data.generation }];
}

/** A letter of an older generation says nothing: a newer message is under way. */
async function requeueTasks(letters: readonly TaskDeadLetter[]): Promise<void> {
  await db().$executeRaw`
UPDATE "Task" task SET state = 'pending',
  "dueAt" = least(task."dueAt", clock_timestamp() + ${RETRY_DELAY_SECONDS} * interval '1 second')
FROM unnest(${letters.map(({ taskId }) => taskId)}::uuid[], ${letters.map(({ generation }) => generation)}::int[])
  AS letter("taskId", generation)
WHERE task.id = letter."taskId" AND task.generation = letter.generation AND task.state IN ('pending', 'published')`;
}
