-- Nullable and without a default: no row is written.
ALTER TABLE "User" ADD COLUMN IF NOT EXISTS "blockedAt" TIMESTAMPTZ(3);

-- The operators' list of blocked accounts. On a large table create it CONCURRENTLY before: then this is nothing.
CREATE INDEX IF NOT EXISTS "User_blockedAt_idx" ON "User"("blockedAt");
