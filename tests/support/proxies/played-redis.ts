import type { RequestListener } from "node:http";
import { setClock as replaceClock } from "@/lib/core/clock";
import { GuardedRedis, RedisUnavailableError } from "@/lib/redis/guarded-redis";
import { serveHttp } from "./http-server";

/** Wide apart, so that a busy machine does not take a slow answer for none. */
export const TIMEOUT_MS = 500;
export const FIRST_CALL_TIMEOUT_MS = 10_000;
/** After so long a call opens a connection. */
export const IDLE_MS = 5_000;

export const says =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body);

export const slowly =
  (listener: RequestListener): RequestListener =>
  (request, response) =>
    void setTimeout(() => listener(request, response), 3 * TIMEOUT_MS);

export const pong = says(200, JSON.stringify({ result: Buffer.from("PONG").toString("base64") }));

/** A Redis that answers as a test says, and a client of it whose clock a test moves. */
export interface PlayedRedis {
  answer: RequestListener;
  /** Milliseconds. */
  time: number;
  readonly url: string;
  readonly redis: GuardedRedis;
  /** How calls one after another end: `ok`, why Redis was held for away, or what else was thrown. */
  outcomes(count: number): Promise<string[]>;
  close(): Promise<void>;
}

export async function playRedis(): Promise<PlayedRedis> {
  const server = await serveHttp((request, response) => played.answer(request, response));
  const restoreClock = replaceClock({ now: () => played.time });
  const played: PlayedRedis = {
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
          await played.redis.ping().then(
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
  return played;
}
