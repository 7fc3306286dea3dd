-- Sweeps go from queue to queue, so that a paused queue with a million due tasks costs one probe and not a walk.
CREATE INDEX IF NOT EXISTS "Task_unfinished_queue_dueAt_idx" ON "Task" ("queue", "dueAt")
  WHERE "state" IN ('pending', 'published', 'running');
CREATE INDEX IF NOT EXISTS "Task_unfinished_queue_deadlineAt_idx" ON "Task" ("queue", "deadlineAt")
  WHERE "state" IN ('pending', 'published', 'running');
DROP INDEX IF EXISTS "Task_unfinished_dueAt_idx";
DROP INDEX IF EXISTS "Task_unfinished_deadlineAt_idx";
