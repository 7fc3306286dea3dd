import { Client } from "@upstash/qstash";
import { type QstashOptions, type RunningQstash, startQstash } from "@/local/qstash";
import { afterTest } from "./after-test";
import { startReceiver, type TestReceiver } from "./receiver";

export const TOKEN = "test-token";

export interface Harness {
  qstash: RunningQstash;
  client: Client;
  receiver: TestReceiver;
  /** Calls the API with the token. */
  api(path: string, init?: RequestInit): Promise<Response>;
}

export async function start(options: Partial<QstashOptions> = {}): Promise<Harness> {
  const receiver = await startReceiver();
  afterTest(() => receiver.close());
  const qstash = await startQstash({ dataDir: null, token: TOKEN, ...options });
  afterTest(() => qstash.close());
  return { qstash, receiver, client: clientOf(qstash), api: apiOf(qstash) };
}

export function clientOf(qstash: RunningQstash): Client {
  return new Client({ baseUrl: qstash.url, token: TOKEN, devMode: false, retry: false });
}

export function apiOf(qstash: RunningQstash): Harness["api"] {
  return (path, init = {}) =>
    fetch(`${qstash.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string> | undefined) },
    });
}
