import { listen } from "../http/server";
import type { CommandEvent } from "./command-runner";
import type { ConnectionOptions } from "./engine-connection";
import { GatewayStats } from "./gateway-stats";
import { ReconnectingConnection } from "./reconnecting-connection";
import { parseRedisUrl } from "./redis-address";
import { sendFailure } from "./responses";
import { RestHandler } from "./rest-handler";

export interface RedisGatewayOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The bearer token that may do everything. */
  readonly token: string;
  /** A second token that may only read. */
  readonly readOnlyToken?: string;
  /** The engine behind the gateway, as `redis://…` or `rediss://…`. */
  readonly redisUrl: string;
  /** Called for every command a client sent, before it runs. Must not throw. */
  readonly onCommand?: (event: CommandEvent) => void;
  /** Time limits towards the engine. */
  readonly connection?: ConnectionOptions;
}

export interface RedisGateway {
  /** `http://127.0.0.1:<port>`, what `UPSTASH_REDIS_REST_URL` wants. */
  readonly url: string;
  readonly port: number;
  readonly stats: GatewayStats;
  /** Stops listening, cuts event streams and lets go of the engine. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Serves Upstash's REST protocol in front of a Redis. The engine need not be up: requests that find it down
 * are answered 503 at once, and it is found again by itself.
 *
 * @throws {PortTakenError} when somebody listens on the port
 * @throws {TypeError} when `redisUrl` is none, or the token is empty
 */
export async function startRedisGateway(options: RedisGatewayOptions): Promise<RedisGateway> {
  if (options.token === "") throw new TypeError("the gateway's token is empty");
  const address = parseRedisUrl(options.redisUrl);
  const connections = {
    shared: new ReconnectingConnection(address, options.connection),
    transactions: new ReconnectingConnection(address, options.connection),
  };
  const stats = new GatewayStats();
  const handler = new RestHandler({ ...options, address, connections, stats });
  const listening = await listen("Redis REST gateway", options.port, (request, response) => {
    handler.handle(request, response).catch((error: unknown) => sendFailure(response, error));
  });
  return {
    url: listening.url,
    port: listening.port,
    stats,
    close: async () => {
      await listening.close();
      connections.shared.close();
      connections.transactions.close();
    },
  };
}
