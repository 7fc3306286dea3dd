-- Constant defaults and a nullable column: no row is written.
ALTER TABLE "User" ADD COLUMN "bio" TEXT NOT NULL DEFAULT '',
ADD COLUMN "links" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN "pictureFileId" UUID;

-- CreateIndex
CREATE INDEX "User_pictureFileId_idx" ON "User"("pictureFileId");

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_pictureFileId_fkey" FOREIGN KEY ("pictureFileId") REFERENCES "MediaFile"("id") ON DELETE SET NULL ON UPDATE CASCADE;
