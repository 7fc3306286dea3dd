-- Mints of the last 24 hours are counted before each new one. Additive; the table has a row for each mint, so the index
-- is made in no time.
-- CreateIndex
CREATE INDEX "Mint_createdAt_idx" ON "Mint"("createdAt");
