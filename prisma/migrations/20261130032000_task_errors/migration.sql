-- Operators search tasks by a part of their error. Few tasks have one.
CREATE INDEX IF NOT EXISTS "Task_error_trgm_idx" ON "Task" USING gin (lower("error") gin_trgm_ops)
  WHERE "error" IS NOT NULL;
