-- CreateTable
CREATE TABLE "PersonBlock" (
    "blockerId" UUID NOT NULL,
    "blockedId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PersonBlock_pkey" PRIMARY KEY ("blockerId","blockedId"),
    CONSTRAINT "PersonBlock_not_oneself" CHECK ("blockerId" <> "blockedId")
);

-- CreateIndex
CREATE INDEX "PersonBlock_blockedId_blockerId_idx" ON "PersonBlock"("blockedId", "blockerId");

-- AddForeignKey
ALTER TABLE "PersonBlock" ADD CONSTRAINT "PersonBlock_blockerId_fkey" FOREIGN KEY ("blockerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PersonBlock" ADD CONSTRAINT "PersonBlock_blockedId_fkey" FOREIGN KEY ("blockedId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A constant default: no row is written.
ALTER TABLE "Chat" ADD COLUMN "isBlocked" BOOLEAN NOT NULL DEFAULT false;
