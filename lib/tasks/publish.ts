import { withLimit } from "../core/time-limit";
import { type Payload, type QueueName, queues } from "./catalogue";
import { qstash, queueUrl } from "./qstash";

const PUBLISH_LIMIT_MS = 3_000;

export interface PublishOptions {
  delaySeconds?: number;
  /** Of two messages with the same id one is delivered. No colon in it. */
  deduplicationId?: string;
}

/**
 * Sends best-effort work to a queue: no row remembers it.
 *
 * @returns QStash's message id
 * @throws when QStash did not take it, {@link TimeLimitError} when that is not known; ZodError when the
 *         payload does not fit the catalogue
 */
export async function publish<Q extends QueueName>(
  queue: Q,
  payload: Payload<Q>,
  { delaySeconds, deduplicationId }: PublishOptions = {},
): Promise<string> {
  const { version, payload: schema, retries, timeoutSeconds } = queues[queue];
  const answer = await withLimit(
    qstash().publishJSON({
      url: queueUrl(queue),
      body: { queue, version, payload: schema.parse(payload) },
      retries,
      timeout: timeoutSeconds,
      ...(delaySeconds === undefined ? {} : { delay: delaySeconds }),
      ...(deduplicationId === undefined ? {} : { deduplicationId }),
    }),
    PUBLISH_LIMIT_MS,
  );
  return answer.messageId;
}
