-- The daily tidy finds failed mints whose files are still stored. Additive, and small: a table of mints.
CREATE INDEX "Mint_state_id_idx" ON "Mint"("state", "id") WHERE "metadataUrl" IS NOT NULL;
