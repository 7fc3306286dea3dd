-- Who gets notifications in Telegram.
ALTER TABLE "BotPerson" ADD COLUMN "isNotified" BOOLEAN NOT NULL DEFAULT false;

-- The notification that a message carries.
ALTER TABLE "BotMessage" ADD COLUMN "notificationId" UUID;

-- The Telegram users that a notification goes to.
CREATE INDEX "BotPerson_notified" ON "BotPerson"("userId") WHERE "isNotified";

-- The unsent messages that name an account which is erased.
CREATE INDEX "BotMessage_unsent_notification" ON "BotMessage"("notificationId")
  WHERE "notificationId" IS NOT NULL AND state IN ('pending', 'sending');
