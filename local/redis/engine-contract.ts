/** `external` was running already, `server` is a process started here, `embedded` runs inside this process. */
export type RedisEngineKind = "external" | "server" | "embedded";

export interface RedisEngine {
  /** For `startRedisGateway`, or any Redis client. */
  readonly url: string;
  readonly kind: RedisEngineKind;
  /** One printable line: the kind and version, and which Upstash features it lacks. */
  readonly description: string;
  /** Stops an engine that was started here; an external Redis keeps running. Safe to call twice. */
  stop(): Promise<void>;
}
