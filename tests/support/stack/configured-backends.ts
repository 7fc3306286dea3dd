import { readSettings } from "@/local/stack/settings";

export interface ConfiguredBackends {
  /** REAL_STACK=1: a real Redis and a real Postgres, started for the run where none is named. */
  real: boolean;
  redisUrl: string | undefined;
  databaseUrl: string | undefined;
}

/**
 * Which backends the environment names. Redis by the names that the local stack takes. Postgres by a name of the tests'
 * own: they write to it, and DATABASE_URL may be anybody's.
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
