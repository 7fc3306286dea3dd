-- Authors' views by day. On a large table create it CONCURRENTLY before: then this is nothing.
CREATE INDEX IF NOT EXISTS "PostView_postId_createdAt_idx" ON "PostView"("postId", "createdAt");
