-- Uploads that were deleted before they arrived: their tokens stay valid for a while, and so they stay counted. Additive;
-- without a default nothing is rewritten.
-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN     "cancelledAt" TIMESTAMPTZ(3);
