-- What runs bots over the API: drafts, test runs, deletion, and lists of executions.
-- AlterTable
ALTER TABLE "BotProject" ADD COLUMN "deletedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "BotWorkflow" ADD COLUMN "draftRevision" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "BotWorkflowVersion" ADD COLUMN "sourceNumber" INTEGER,
ALTER COLUMN "number" DROP NOT NULL;

-- CreateTable
CREATE TABLE "BotDraft" (
    "workflowId" UUID NOT NULL,
    "definition" JSONB NOT NULL,
    "command" TEXT,
    "baseNumber" INTEGER,
    "testVersionId" UUID,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BotDraft_pkey" PRIMARY KEY ("workflowId")
);

-- AddForeignKey
ALTER TABLE "BotDraft" ADD CONSTRAINT "BotDraft_workflowId_fkey" FOREIGN KEY ("workflowId") REFERENCES "BotWorkflow"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX "BotExecution_projectId_state_id_idx" ON "BotExecution"("projectId", "state", "id");

-- CreateIndex
CREATE INDEX "BotExecution_workflowId_state_id_idx" ON "BotExecution"("workflowId", "state", "id");

-- DropIndex: nothing reads by node, and the one above serves the foreign key.
DROP INDEX "BotExecution_workflowId_state_nodeId_idx";

-- Failed today, of one bot.
CREATE INDEX "BotExecution_failed" ON "BotExecution"("projectId", "finishedAt") WHERE state = 'failed';
