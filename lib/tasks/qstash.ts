import { Client, Receiver } from "@upstash/qstash";
import { env } from "../core/env";

let client: Client | undefined;
let receiver: Receiver | undefined;

/** This process's QStash client. It has no time limit of its own: use it through `withLimit`. */
export function qstash(): Client {
  client ??= new Client({
    baseUrl: env().QSTASH_URL,
    token: env().QSTASH_TOKEN,
    retry: false,
    enableTelemetry: false,
  });
  return client;
}

/** Verifies signatures with the current key, then the next. */
export function qstashReceiver(): Receiver {
  receiver ??= new Receiver({
    currentSigningKey: env().QSTASH_CURRENT_SIGNING_KEY,
    nextSigningKey: env().QSTASH_NEXT_SIGNING_KEY,
  });
  return receiver;
}

/** The one address QStash delivers a queue to, and the one its signatures must name. */
export function queueUrl(queue: string): string {
  return `${env().APP_URL}/api/qstash/${queue}`;
}

/** QStash did not answer in time. */
export class QstashTimeoutError extends Error {
  constructor(limitMs: number) {
    super(`QStash did not answer within ${limitMs} ms`);
    this.name = "QstashTimeoutError";
  }
}

/**
 * Waits for a call to QStash no longer than this; the SDK would wait for ever. A call that ran over may
 * still have been taken: publish with a deduplication id.
 * @throws {QstashTimeoutError}
 */
export async function withLimit<T>(call: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QstashTimeoutError(limitMs)), limitMs);
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    clearTimeout(timer);
  }
}
