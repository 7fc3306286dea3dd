import type { RequestListener } from "node:http";
import { setClock } from "@/lib/core/clock";
import { GuardedRedis } from "@/lib/redis/guarded-redis";
import { RedisUnavailableError } from "@/lib/redis/unavailable";
import { serveHttp } from "./http-server";

/** The two limits (ms) differ widely, so that a slow response on a busy machine is not taken for a missing one. */
export const TIMEOUT_MS = 500;
export const FIRST_CALL_TIMEOUT_MS = 10_000;
/** After this idle time (ms) a call opens a new connection. */
export const IDLE_MS = 5_000;

export const respondWith =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body);

export const delayed =
  (listener: RequestListener): RequestListener =>
  (request, response) =>
    void setTimeout(() => listener(request, response), 3 * TIMEOUT_MS);

export const pong = respondWith(200, JSON.stringify({ result: Buffer.from("PONG").toString("base64") }));

/** A fake Redis whose responses a test sets, and a client of it whose clock a test moves. */
export interface FakeRedis {
  answer: RequestListener;
  /** Milliseconds. */
  time: number;
  readonly url: string;
  readonly redis: GuardedRedis;
  /** Results of sequential calls: `ok`, why Redis was considered unavailable, or the name of another error. */
  outcomes(count: number): Promise<string[]>;
  close(): Promise<void>;
}

export async function startFakeRedis(): Promise<FakeRedis> {
  const server = await serveHttp((request, response) => fakeRedis.answer(request, response));
  const restoreClock = setClock({ now: () => fakeRedis.time });
  const fakeRedis: FakeRedis = {
    answer: pong,
    time: 1_000_000,
    url: server.url,
    redis: new GuardedRedis({
      url: server.url,
      token: "t",
      timeoutMs: TIMEOUT_MS,
      firstCallTimeoutMs: FIRST_CALL_TIMEOUT_MS,
    }),
    outcomes: async (count) => {
      const all: string[] = [];
      for (let call = 0; call < count; call += 1) {
        all.push(
          await fakeRedis.redis.ping().then(
            () => "ok",
            (error: Error) => (error instanceof RedisUnavailableError ? error.reason : error.name),
          ),
        );
      }
      return all;
    },
    close: () => {
      restoreClock();
      return server.close();
    },
  };
  return fakeRedis;
}
