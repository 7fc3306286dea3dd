import { Prisma } from "../db";
import type { TaskState } from "../schemas/enums";
import { ofPairSql, pairsSql, WALK_ORDER } from "./queue-names";

/** How many of the tasks that were created first are looked at for the one that waits longest. */
const MAX_LOOKED_AT = 100;

/**
 * Rows of `queue`, `state`, `tasks` (at most `maxCount`), and `oldest`: when the oldest task could have run that waits.
 * One probe of the index on queue, state and id for each pair, whatever the table's size is.
 */
export function countByPairSql(
  names: readonly string[],
  states: readonly TaskState[],
  maxCount: number,
): Prisma.Sql {
  return Prisma.sql`
SELECT pair.queue, pair.state::text AS state, counted.tasks, waiting.oldest
FROM ${pairsSql(names, states)}
CROSS JOIN LATERAL (
  SELECT count(*)::int AS tasks FROM (
    SELECT FROM "Task" WHERE ${ofPairSql()} ${WALK_ORDER.oldestFirst} LIMIT ${maxCount}
  ) few
) counted
CROSS JOIN LATERAL (
  SELECT min("notBefore") AS oldest FROM (
    SELECT "notBefore" FROM "Task" WHERE ${ofPairSql()} AND pair.state IN ('pending', 'published')
    ${WALK_ORDER.oldestFirst} LIMIT ${MAX_LOOKED_AT}
  ) first
  WHERE "notBefore" <= statement_timestamp()
) waiting`;
}
