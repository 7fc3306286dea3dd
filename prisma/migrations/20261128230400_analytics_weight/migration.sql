-- Sampled events count for several. A constant default: the table is locked for a moment and not rewritten.
-- AlterTable
ALTER TABLE "AnalyticsEvent" ADD COLUMN "weight" INTEGER NOT NULL DEFAULT 1;
