import { EngineConnection } from "@/local/redis/engine-connection";
import { parseRedisUrl } from "@/local/redis/redis-address";

/**
 * Rejects a Redis that has keys, because the suite empties its Redis before every file.
 * @throws Error naming the databases that have keys
 */
export async function requireEmptyRedis(redisUrl: string): Promise<void> {
  const keyspace = String(await sendCommand(redisUrl, "INFO", "keyspace"));
  const databases = [...keyspace.matchAll(/^(db\d+):keys=(\d+)/gm)];
  if (databases.length === 0) return;
  const found = databases.map(([, name, keys]) => `${name} has ${keys} keys`).join(", ");
  throw new Error(
    `The Redis at ${new URL(redisUrl).host} is not empty (${found}), and the tests would empty it. ` +
      "Name another one in REDIS_URL, or empty this one yourself: redis-cli FLUSHALL",
  );
}

/** Deletes all keys, so that the next run accepts this Redis. */
export async function emptyRedis(redisUrl: string): Promise<void> {
  await sendCommand(redisUrl, "FLUSHALL");
}

async function sendCommand(redisUrl: string, ...command: string[]) {
  const connection = await EngineConnection.open(parseRedisUrl(redisUrl));
  try {
    return await connection.send(command);
  } finally {
    connection.close();
  }
}
