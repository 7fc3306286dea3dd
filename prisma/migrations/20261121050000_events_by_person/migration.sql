-- Who asks for all that is about them, or deletes their account, is not to wait for a look at every event.
-- CreateIndex
CREATE INDEX "AnalyticsEvent_userId_id_idx" ON "AnalyticsEvent"("userId", "id");
