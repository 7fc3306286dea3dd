import { Client } from "@upstash/qstash";
import type { RunningQstash } from "@/local/qstash";

const BATCH_SIZE = 100;

/** Uses up the messages that a plan allows today, with messages that are not due in a test. */
export async function useUpQuota(qstash: RunningQstash, messagesPerDay = 1_000): Promise<void> {
  const client = new Client({ baseUrl: qstash.url, token: process.env.QSTASH_TOKEN ?? "", retry: false });
  const message = { url: "https://elsewhere.example/", delay: "6d" } as const;
  for (let left = messagesPerDay - qstash.stats().today; left > 0; left -= BATCH_SIZE) {
    await client.batchJSON(Array.from({ length: Math.min(left, BATCH_SIZE) }, () => message));
  }
}
