-- What was reported, as it was: an edit or deletion must not hide it from the operators.
ALTER TABLE "Report" ADD COLUMN "reportedAuthorId" UUID,
ADD COLUMN "reportedTitle" TEXT,
ADD COLUMN "reportedText" TEXT;

-- For the tidy, and for the erasure of the author's account.
CREATE INDEX "Report_closedAt_idx" ON "Report"("closedAt");
CREATE INDEX "Report_reportedAuthorId_idx" ON "Report"("reportedAuthorId");

ALTER TABLE "Report" ADD CONSTRAINT "Report_reportedAuthorId_fkey" FOREIGN KEY ("reportedAuthorId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
