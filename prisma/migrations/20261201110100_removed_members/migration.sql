-- Nullable and without a default: no row is written.
ALTER TABLE "ChatMember" ADD COLUMN "hiddenSeq" INTEGER, ADD COLUMN "removedAt" TIMESTAMPTZ(3);
