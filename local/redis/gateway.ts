import { listen } from "../http/server";
import type { CommandEvent } from "./command-runner";
import type { ConnectionOptions } from "./engine-connection";
import { GatewayStats } from "./gateway-stats";
import { ReconnectingConnection } from "./reconnecting-connection";
import { parseRedisUrl } from "./redis-address";
import { sendFailure } from "./responses";
import { RestHandler } from "./rest-handler";
import { ScriptKiller, type ScriptKillerOptions } from "./script-killer";

export interface RedisGatewayOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The bearer token with full access. */
  readonly token: string;
  /** A second token that may only read. */
  readonly readOnlyToken?: string;
  /** The engine behind the gateway, as `redis://…` or `rediss://…`. */
  readonly redisUrl: string;
  /**
   * Refuses in scripts what Upstash refuses: a command that it does not have, and, under `allow-key-locking`, a key that
   * is not declared in KEYS.
   */
  readonly strict?: boolean;
  /** How endless scripts are stopped. */
  readonly scripts?: ScriptKillerOptions;
  /** Receives every command that a client sent, before it runs. Must not throw. */
  readonly onCommand?: (event: CommandEvent) => void;
  /** Time limits of engine connections. */
  readonly connection?: ConnectionOptions;
}

export interface RedisGateway {
  /** `http://127.0.0.1:<port>`, for `UPSTASH_REDIS_REST_URL`. */
  readonly url: string;
  readonly port: number;
  readonly stats: GatewayStats;
  /** Stops listening, closes event streams and disconnects from the engine. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Serves Upstash's REST protocol in front of a Redis. While the engine is down, requests are answered 503
 * immediately, and each one tries to reconnect.
 *
 * @throws {PortTakenError}
 * @throws {TypeError} when `redisUrl` is invalid or the token is empty
 */
export async function startRedisGateway(options: RedisGatewayOptions): Promise<RedisGateway> {
  if (options.token === "") throw new TypeError("the gateway's token is empty");
  const address = parseRedisUrl(options.redisUrl);
  const connections = {
    shared: new ReconnectingConnection(address, options.connection),
    transactions: new ReconnectingConnection(address, options.connection),
  };
  const stats = new GatewayStats();
  const killer = new ScriptKiller(address, options.scripts);
  const handler = new RestHandler({ ...options, address, connections, stats, killer });
  const listening = await listen("Redis REST gateway", options.port, (request, response) => {
    handler.handle(request, response).catch((error: unknown) => sendFailure(response, error));
  });
  return {
    url: listening.url,
    port: listening.port,
    stats,
    close: async () => {
      killer.close();
      await listening.close();
      connections.shared.close();
      connections.transactions.close();
    },
  };
}
