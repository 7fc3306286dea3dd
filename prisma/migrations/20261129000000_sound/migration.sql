-- Sound: uploaded files with a purpose and a status, their variants, tracks, and plays. Additive; constant defaults do
-- not rewrite the tables.
-- CreateEnum
CREATE TYPE "FilePurpose" AS ENUM ('attachment', 'audio', 'cover');

-- CreateEnum
CREATE TYPE "FileStatus" AS ENUM ('uploading', 'processing', 'ready', 'refused');

-- CreateEnum
CREATE TYPE "VariantKind" AS ENUM ('image', 'rendition', 'preview', 'peaks');

-- CreateEnum
CREATE TYPE "TrackStatus" AS ENUM ('processing', 'ready', 'failed');

-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN "purpose" "FilePurpose" NOT NULL DEFAULT 'attachment',
ADD COLUMN "status" "FileStatus" NOT NULL DEFAULT 'ready',
ADD COLUMN "problem" TEXT,
ADD COLUMN "sha256" TEXT,
ADD COLUMN "placeholder" TEXT;

-- AlterTable
ALTER TABLE "Post" ADD COLUMN "plays" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "playsVersion" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "playsBatch" UUID,
ADD COLUMN "audioFileId" UUID,
ADD COLUMN "coverFileId" UUID;

-- AlterTable
ALTER TABLE "Product" ADD COLUMN "audioFileId" UUID,
ADD COLUMN "coverFileId" UUID;

-- CreateTable
CREATE TABLE "MediaVariant" (
    "id" UUID NOT NULL,
    "fileId" UUID NOT NULL,
    "kind" "VariantKind" NOT NULL,
    "format" TEXT NOT NULL,
    "width" INTEGER NOT NULL DEFAULT 0,
    "height" INTEGER NOT NULL DEFAULT 0,
    "type" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "pathname" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "MediaVariant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Track" (
    "fileId" UUID NOT NULL,
    "status" "TrackStatus" NOT NULL DEFAULT 'processing',
    "problem" TEXT,
    "durationMs" INTEGER,
    "sampleRate" INTEGER,
    "channels" INTEGER,
    "title" TEXT,
    "artist" TEXT,
    "bpm" INTEGER,
    "loudness" DOUBLE PRECISION,
    "truePeak" DOUBLE PRECISION,
    "gain" DOUBLE PRECISION,
    "embeddedCoverId" UUID,
    "taskId" UUID,

    CONSTRAINT "Track_pkey" PRIMARY KEY ("fileId")
);

-- CreateTable
CREATE TABLE "PostPlay" (
    "id" BIGSERIAL NOT NULL,
    "postId" UUID NOT NULL,
    "listenerSeq" INTEGER,
    "hour" TIMESTAMPTZ(0) NOT NULL,

    CONSTRAINT "PostPlay_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "MediaVariant_pathname_key" ON "MediaVariant"("pathname");

-- CreateIndex
CREATE UNIQUE INDEX "MediaVariant_fileId_kind_format_width_key" ON "MediaVariant"("fileId", "kind", "format", "width");

-- CreateIndex
CREATE UNIQUE INDEX "Track_embeddedCoverId_key" ON "Track"("embeddedCoverId");

-- CreateIndex
CREATE INDEX "PostPlay_listenerSeq_id_idx" ON "PostPlay"("listenerSeq", "id");

-- CreateIndex
CREATE INDEX "PostPlay_postId_hour_idx" ON "PostPlay"("postId", "hour");

-- CreateIndex
CREATE UNIQUE INDEX "PostPlay_postId_listenerSeq_hour_key" ON "PostPlay"("postId", "listenerSeq", "hour");

-- CreateIndex
CREATE INDEX "Post_audioFileId_idx" ON "Post"("audioFileId");

-- CreateIndex
CREATE INDEX "Post_coverFileId_idx" ON "Post"("coverFileId");

-- CreateIndex
CREATE INDEX "Product_audioFileId_idx" ON "Product"("audioFileId");

-- CreateIndex
CREATE INDEX "Product_coverFileId_idx" ON "Product"("coverFileId");

-- AddForeignKey
ALTER TABLE "Post" ADD CONSTRAINT "Post_audioFileId_fkey" FOREIGN KEY ("audioFileId") REFERENCES "MediaFile"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Post" ADD CONSTRAINT "Post_coverFileId_fkey" FOREIGN KEY ("coverFileId") REFERENCES "MediaFile"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Product" ADD CONSTRAINT "Product_audioFileId_fkey" FOREIGN KEY ("audioFileId") REFERENCES "MediaFile"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Product" ADD CONSTRAINT "Product_coverFileId_fkey" FOREIGN KEY ("coverFileId") REFERENCES "MediaFile"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MediaVariant" ADD CONSTRAINT "MediaVariant_fileId_fkey" FOREIGN KEY ("fileId") REFERENCES "MediaFile"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Track" ADD CONSTRAINT "Track_fileId_fkey" FOREIGN KEY ("fileId") REFERENCES "MediaFile"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Track" ADD CONSTRAINT "Track_embeddedCoverId_fkey" FOREIGN KEY ("embeddedCoverId") REFERENCES "MediaFile"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PostPlay" ADD CONSTRAINT "PostPlay_postId_fkey" FOREIGN KEY ("postId") REFERENCES "Post"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PostPlay" ADD CONSTRAINT "PostPlay_listenerSeq_fkey" FOREIGN KEY ("listenerSeq") REFERENCES "User"("seq") ON DELETE SET NULL ON UPDATE CASCADE;
