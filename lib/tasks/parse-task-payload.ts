import { getQueueDefinition, type QueueName } from "./catalogue";
import { NonRetryableTaskError } from "./handler";

/** Upgrades a row's payload to the current version and parses it. @throws {NonRetryableTaskError} */
export function parseTaskPayload(
  { payload, version }: { payload: unknown; version: number },
  queue: QueueName,
): unknown {
  const definition = getQueueDefinition(queue);
  // A newer deployment enqueued it and may be rolled out again; until its deadline the task is retried.
  if (version > definition.version)
    throw new Error(`the payload has version ${version}, newer than this code`);
  let upgraded: unknown = payload;
  for (let fromVersion = version; fromVersion < definition.version; fromVersion += 1) {
    const upgrade = definition.upgrades?.[fromVersion];
    if (!upgrade)
      throw new NonRetryableTaskError(`nothing reads version ${fromVersion} of the payload any more`);
    upgraded = upgrade(upgraded);
  }
  const parsed = definition.payload.safeParse(upgraded);
  if (parsed.success) return parsed.data;
  const invalidPaths = parsed.error.issues.map(({ path }) => path.join(".") || "the whole").join(", ");
  throw new NonRetryableTaskError(`the payload does not fit its schema: ${invalidPaths}`, {
    cause: parsed.error,
  });
}
