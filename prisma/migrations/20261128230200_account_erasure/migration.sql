-- Accounts whose deletion was requested and that are erased in batches. A new column without a default locks the table
-- only for a moment.

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "deletedAt" TIMESTAMPTZ(3);

-- Each CREATE INDEX below lets its table be read and makes writes wait while it is built: seconds per million rows. On a
-- large database run the same statements by hand before, with CREATE INDEX CONCURRENTLY IF NOT EXISTS; they are then
-- skipped here.

-- CreateIndex
CREATE INDEX IF NOT EXISTS "User_deletedAt_idx" ON "User"("deletedAt");

-- A user's rows in the order of the export's pages: without the second column each page sorts all of them.

-- CreateIndex
CREATE INDEX IF NOT EXISTS "Post_authorId_id_idx" ON "Post"("authorId", "id");

-- CreateIndex
CREATE INDEX IF NOT EXISTS "PostView_viewerSeq_id_idx" ON "PostView"("viewerSeq", "id");

-- CreateIndex
CREATE INDEX IF NOT EXISTS "ChatMessage_authorId_id_idx" ON "ChatMessage"("authorId", "id");

-- CreateIndex
CREATE INDEX IF NOT EXISTS "ChatReaction_userId_messageId_emoji_idx" ON "ChatReaction"("userId", "messageId", "emoji");

-- DropIndex
DROP INDEX IF EXISTS "Post_authorId_idx";

-- DropIndex
DROP INDEX IF EXISTS "PostView_viewerSeq_idx";

-- DropIndex
DROP INDEX IF EXISTS "ChatMessage_authorId_idx";

-- DropIndex
DROP INDEX IF EXISTS "ChatReaction_userId_idx";

-- Where other users' rows name a user. Prisma's schema has no notation for partial indexes and for expressions.

-- CreateIndex
CREATE INDEX IF NOT EXISTS "ChatMessage_mentions_idx" ON "ChatMessage" USING GIN ("mentions") WHERE "mentions" <> '{}';

-- CreateIndex
CREATE INDEX IF NOT EXISTS "Notification_named_idx" ON "Notification"((coalesce("data" ->> 'authorId', "data" ->> 'byId')))
  WHERE "kind" IN ('mention', 'chat_invite');
