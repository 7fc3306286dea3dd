-- Telegram bots: projects, workflows with their versions, people, executions with their steps, and messages. Additive.
-- CreateEnum
CREATE TYPE "BotState" AS ENUM ('active', 'paused');

-- CreateEnum
CREATE TYPE "BotExecutionState" AS ENUM ('running', 'waiting', 'done', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "BotMessageState" AS ENUM ('pending', 'sending', 'sent', 'unknown', 'failed');

-- CreateTable
CREATE TABLE "BotProject" (
    "id" UUID NOT NULL,
    "ownerId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "telegramId" BIGINT NOT NULL,
    "username" TEXT NOT NULL,
    "encryptedToken" TEXT NOT NULL,
    "isAdministrators" BOOLEAN NOT NULL DEFAULT false,
    "state" "BotState" NOT NULL DEFAULT 'active',
    "webhookUrl" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BotProject_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BotWorkflow" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "command" TEXT,
    "publishedVersionId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BotWorkflow_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BotWorkflowVersion" (
    "id" UUID NOT NULL,
    "workflowId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "definition" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BotWorkflowVersion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BotPerson" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "telegramId" BIGINT NOT NULL,
    "userId" UUID,
    "name" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "sendingBy" UUID,
    "sendingUntil" TIMESTAMPTZ(3),
    "blockedAt" TIMESTAMPTZ(3),
    "linkedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BotPerson_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BotLinkCode" (
    "id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "projectId" UUID NOT NULL,
    "personId" UUID,
    "userId" UUID,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BotLinkCode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BotUpdate" (
    "projectId" UUID NOT NULL,
    "updateId" BIGINT NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BotUpdate_pkey" PRIMARY KEY ("projectId","updateId")
);

-- CreateTable
CREATE TABLE "BotExecution" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "workflowId" UUID NOT NULL,
    "versionId" UUID NOT NULL,
    "state" "BotExecutionState" NOT NULL,
    "nodeId" TEXT NOT NULL,
    "frames" JSONB NOT NULL,
    "variables" JSONB NOT NULL,
    "stepNo" INTEGER NOT NULL,
    "token" TEXT,
    "dueAt" TIMESTAMPTZ(3),
    "failure" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "BotExecution_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BotStep" (
    "executionId" UUID NOT NULL,
    "no" INTEGER NOT NULL,
    "versionId" UUID NOT NULL,
    "nodeId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "input" JSONB,
    "output" JSONB,
    "error" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BotStep_pkey" PRIMARY KEY ("executionId","no")
);

-- CreateTable
CREATE TABLE "BotMessage" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "executionId" UUID,
    "stepNo" INTEGER,
    "revision" INTEGER NOT NULL,
    "part" INTEGER NOT NULL,
    "method" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "state" "BotMessageState" NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "telegramMessageId" INTEGER,
    "error" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMPTZ(3),

    CONSTRAINT "BotMessage_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "BotProject_telegramId_key" ON "BotProject"("telegramId");

-- CreateIndex
CREATE INDEX "BotProject_ownerId_idx" ON "BotProject"("ownerId");

-- CreateIndex
CREATE UNIQUE INDEX "BotWorkflow_publishedVersionId_key" ON "BotWorkflow"("publishedVersionId");

-- CreateIndex
CREATE UNIQUE INDEX "BotWorkflow_projectId_key_key" ON "BotWorkflow"("projectId", "key");

-- CreateIndex
CREATE UNIQUE INDEX "BotWorkflow_projectId_command_key" ON "BotWorkflow"("projectId", "command");

-- CreateIndex
CREATE UNIQUE INDEX "BotWorkflowVersion_workflowId_number_key" ON "BotWorkflowVersion"("workflowId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "BotPerson_projectId_telegramId_key" ON "BotPerson"("projectId", "telegramId");

-- CreateIndex
CREATE UNIQUE INDEX "BotPerson_userId_projectId_key" ON "BotPerson"("userId", "projectId");

-- CreateIndex
CREATE UNIQUE INDEX "BotLinkCode_hash_key" ON "BotLinkCode"("hash");

-- CreateIndex
CREATE INDEX "BotLinkCode_personId_idx" ON "BotLinkCode"("personId");

-- CreateIndex
CREATE INDEX "BotLinkCode_userId_idx" ON "BotLinkCode"("userId");

-- CreateIndex
CREATE INDEX "BotLinkCode_expiresAt_idx" ON "BotLinkCode"("expiresAt");

-- CreateIndex
CREATE INDEX "BotUpdate_receivedAt_idx" ON "BotUpdate"("receivedAt");

-- CreateIndex
CREATE INDEX "BotExecution_workflowId_state_nodeId_idx" ON "BotExecution"("workflowId", "state", "nodeId");

-- CreateIndex
CREATE INDEX "BotExecution_versionId_idx" ON "BotExecution"("versionId");

-- CreateIndex
CREATE INDEX "BotExecution_personId_id_idx" ON "BotExecution"("personId", "id");

-- CreateIndex
CREATE INDEX "BotExecution_finishedAt_idx" ON "BotExecution"("finishedAt");

-- CreateIndex
CREATE INDEX "BotMessage_executionId_stepNo_idx" ON "BotMessage"("executionId", "stepNo");

-- CreateIndex
CREATE INDEX "BotMessage_createdAt_idx" ON "BotMessage"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "BotMessage_personId_revision_part_key" ON "BotMessage"("personId", "revision", "part");

-- AddForeignKey
ALTER TABLE "BotProject" ADD CONSTRAINT "BotProject_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotWorkflow" ADD CONSTRAINT "BotWorkflow_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "BotProject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotWorkflow" ADD CONSTRAINT "BotWorkflow_publishedVersionId_fkey" FOREIGN KEY ("publishedVersionId") REFERENCES "BotWorkflowVersion"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotWorkflowVersion" ADD CONSTRAINT "BotWorkflowVersion_workflowId_fkey" FOREIGN KEY ("workflowId") REFERENCES "BotWorkflow"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotPerson" ADD CONSTRAINT "BotPerson_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "BotProject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotPerson" ADD CONSTRAINT "BotPerson_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotLinkCode" ADD CONSTRAINT "BotLinkCode_personId_fkey" FOREIGN KEY ("personId") REFERENCES "BotPerson"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotLinkCode" ADD CONSTRAINT "BotLinkCode_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotUpdate" ADD CONSTRAINT "BotUpdate_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "BotProject"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotExecution" ADD CONSTRAINT "BotExecution_personId_fkey" FOREIGN KEY ("personId") REFERENCES "BotPerson"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotExecution" ADD CONSTRAINT "BotExecution_workflowId_fkey" FOREIGN KEY ("workflowId") REFERENCES "BotWorkflow"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotExecution" ADD CONSTRAINT "BotExecution_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "BotWorkflowVersion"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotStep" ADD CONSTRAINT "BotStep_executionId_fkey" FOREIGN KEY ("executionId") REFERENCES "BotExecution"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotMessage" ADD CONSTRAINT "BotMessage_personId_fkey" FOREIGN KEY ("personId") REFERENCES "BotPerson"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BotMessage" ADD CONSTRAINT "BotMessage_executionId_fkey" FOREIGN KEY ("executionId") REFERENCES "BotExecution"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A run reads the unfinished executions of one person.
CREATE INDEX "BotExecution_unfinished" ON "BotExecution"("personId", id) WHERE state IN ('running', 'waiting');

-- The next message of one chat.
CREATE INDEX "BotMessage_unsent" ON "BotMessage"("personId", revision, part) WHERE state IN ('pending', 'sending');

-- The sweep: people with something to send, by the time at which another process may.
CREATE INDEX "BotPerson_sending" ON "BotPerson"("sendingUntil") WHERE "sendingUntil" IS NOT NULL;

-- The sweep: executions whose time has come. Their tasks come first.
CREATE INDEX "BotExecution_due" ON "BotExecution"("dueAt") WHERE state IN ('running', 'waiting') AND "dueAt" IS NOT NULL;
