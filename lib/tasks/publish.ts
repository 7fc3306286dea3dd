import { withTimeout } from "../core/with-timeout";
import { type BestEffortQueue, type PayloadInput, queues } from "./catalogue";
import { parsePayload } from "./enqueue";
import { type BestEffortMessage, getFlowControl, qstash, queueUrl } from "./qstash";

const PUBLISH_TIMEOUT_MS = 3_000;

export interface PublishOptions {
  delaySeconds?: number;
  /** QStash delivers one of two messages with the same id. Must not contain a colon. */
  deduplicationId?: string;
}

/**
 * Publishes a best-effort task, without a row in Postgres.
 *
 * @returns QStash's message id
 * @throws when QStash rejects it; {@link TimeoutError} when the outcome is unknown; {AppError} bad_request for an
 *         invalid payload
 */
export async function publish<Q extends BestEffortQueue>(
  queue: Q,
  payload: PayloadInput<Q>,
  { delaySeconds, deduplicationId }: PublishOptions = {},
): Promise<string> {
  const { version, retries, timeoutSeconds } = queues[queue];
  const body: BestEffortMessage = { queue, version, payload: parsePayload(queue, payload) };
  const response = await withTimeout(
    qstash().publishJSON({
      url: queueUrl(queue),
      body,
      retries,
      timeout: timeoutSeconds,
      flowControl: getFlowControl(queue),
      label: queue,
      ...(delaySeconds === undefined ? {} : { delay: delaySeconds }),
      ...(deduplicationId === undefined ? {} : { deduplicationId }),
    }),
    PUBLISH_TIMEOUT_MS,
  );
  return response.messageId;
}
