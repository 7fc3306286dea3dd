ALTER TABLE "Post" ADD COLUMN "isListed" BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE "Post" ADD COLUMN "deletedAt" TIMESTAMPTZ(3);

-- For the daily tidy: nearly no post is deleted.
CREATE INDEX "Post_deleted_idx" ON "Post" (id) WHERE "deletedAt" IS NOT NULL;
-- For authors: nearly every post is listed.
CREATE INDEX "Post_unlisted_idx" ON "Post" ("authorId", id) WHERE NOT "isListed";
