ALTER TABLE "Alert" ADD COLUMN "openedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE "Alert" ADD COLUMN "isAnnounced" BOOLEAN NOT NULL DEFAULT false;

UPDATE "Alert" SET "openedAt" = "createdAt";

CREATE INDEX "Alert_kind_openedAt_idx" ON "Alert"("kind", "openedAt");
