-- CreateTable
CREATE TABLE "QueuePause" (
    "queue" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "pausedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "QueuePause_pkey" PRIMARY KEY ("queue")
);
