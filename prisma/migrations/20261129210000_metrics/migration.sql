CREATE TABLE "MetricRollup" (
    "minutes" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "counts" JSONB NOT NULL,

    CONSTRAINT "MetricRollup_pkey" PRIMARY KEY ("minutes", "at")
);

CREATE TABLE "MetricBatch" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MetricBatch_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "MetricBatch_at_idx" ON "MetricBatch"("at");

-- The operators' list of tasks, newest first. On a large table create it CONCURRENTLY before: then this is nothing.
CREATE INDEX IF NOT EXISTS "Task_queue_state_id_idx" ON "Task"("queue", "state", "id");
DROP INDEX IF EXISTS "Task_queue_state_idx";
