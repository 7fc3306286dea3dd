-- What an operator reads of one task: the request behind it, and its attempts.
ALTER TABLE "Task" ADD COLUMN "failures" JSONB,
ADD COLUMN "startedAt" TIMESTAMPTZ(3),
ADD COLUMN "requestId" TEXT;
