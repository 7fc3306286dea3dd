export type RedisEngineKind = "external" | "redis-server" | "embedded";

export interface RedisEngine {
  /** For `startRedisGateway`, or any Redis client. */
  readonly url: string;
  readonly kind: RedisEngineKind;
  /** Ends what was started here; an external Redis is left alone. Safe to call twice. */
  stop(): Promise<void>;
}
