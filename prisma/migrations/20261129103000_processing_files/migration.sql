-- Files in processing, which are few: the daily tidy looks for those on which nothing works any more. Additive.
CREATE INDEX IF NOT EXISTS "MediaFile_processing_idx" ON "MediaFile" ("id") WHERE "status" = 'processing';
