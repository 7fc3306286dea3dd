-- AlterTable
ALTER TABLE "Delivery" ADD COLUMN "usedAt" TIMESTAMPTZ(3);

-- Only a ticket is let in
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_used_ticket" CHECK ("usedAt" IS NULL OR "kind" = 'ticket');
