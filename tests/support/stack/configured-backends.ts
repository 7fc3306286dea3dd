import { readSettings } from "@/local/stack/settings";

export interface ConfiguredBackends {
  /** REAL_STACK=1: a real Redis and a real Postgres, started for the run unless the environment names them. */
  real: boolean;
  redisUrl: string | undefined;
  databaseUrl: string | undefined;
}

/**
 * The backends that the environment names. Redis has the names that the local stack reads. Postgres has a separate
 * name: tests write to it, and DATABASE_URL may be a database with real data.
 */
export function readConfiguredBackends(
  source: Readonly<Record<string, string | undefined>>,
): ConfiguredBackends {
  return {
    real: source.REAL_STACK === "1",
    redisUrl: source.TEST_REDIS_URL || readSettings(source).redisUrl,
    databaseUrl: source.TEST_DATABASE_URL || undefined,
  };
}
