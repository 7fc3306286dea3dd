/** `external` runs without us, `server` is a program that was started, `embedded` runs inside this process. */
export type RedisEngineKind = "external" | "server" | "embedded";

export interface RedisEngine {
  /** For `startRedisGateway`, or any Redis client. */
  readonly url: string;
  readonly kind: RedisEngineKind;
  /** For people: what it is, and what of Upstash it lacks. */
  readonly description: string;
  /** Ends what was started here; an external Redis is left alone. Safe to call twice. */
  stop(): Promise<void>;
}
