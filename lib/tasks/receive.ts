import { AppError } from "../core/errors";
import { readText } from "../core/http";
import { log } from "../core/log";
import { envelopeSchema, isQueue, type QueueName, queues } from "./catalogue";
import { qstashReceiver, queueUrl } from "./qstash";
import { handlers } from "./registry";

/** QStash carries up to 1 MB on its smaller plans. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** Clocks differ a little; a signature is good for five minutes anyway. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** `done` stops QStash; `refused` sends the message to the dead letters, for it can never succeed. */
export type Receipt = { outcome: "done" } | { outcome: "refused"; reason: string };

/**
 * Takes one delivery: verifies signature *and* address over the raw body, then finds the handler and runs it.
 *
 * @throws {AppError} unauthenticated (nothing has been done), not_found for an unknown queue; whatever the
 *         handler throws means: try again
 */
export async function receive(queue: string, request: Request): Promise<Receipt> {
  const body = await readText(request, BODY_LIMIT_BYTES);
  await verify(queue, body, request.headers.get("upstash-signature"));
  if (!isQueue(queue)) throw new AppError("not_found", { message: "unknown_queue" });
  return run(queue, body);
}

/** The SDK's own wrapper ignores the address: a message for one queue would be accepted on another. */
async function verify(queue: string, body: string, signature: string | null): Promise<void> {
  if (!signature) throw new AppError("unauthenticated", { message: "bad_signature" });
  try {
    await qstashReceiver().verify({
      signature,
      body,
      url: queueUrl(queue),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
  } catch (cause) {
    throw new AppError("unauthenticated", { message: "bad_signature", cause });
  }
}

async function run<Q extends QueueName>(queue: Q, body: string): Promise<Receipt> {
  const parsed = parse(queue, body);
  if ("reason" in parsed) {
    log().error({ queue, reason: parsed.reason }, "a message that can never be handled");
    return { outcome: "refused", reason: parsed.reason };
  }
  const handle = await handlers[queue]();
  // The queue's own schema has just parsed it.
  await handle(parsed.payload as Parameters<typeof handle>[0]);
  return { outcome: "done" };
}

function parse(queue: QueueName, body: string): { payload: unknown } | { reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { reason: "the body is not JSON" };
  }
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) return { reason: "the body is not a task envelope" };
  if (envelope.data.queue !== queue) return { reason: `the envelope is for ${envelope.data.queue}` };
  const definition = queues[queue];
  if (envelope.data.version > definition.version) return { reason: "the payload is newer than this code" };
  const payload = definition.payload.safeParse(envelope.data.payload);
  return payload.success ? { payload: payload.data } : { reason: "the payload does not fit its schema" };
}
