-- What bonuses pay of an order. Nobody has paid with bonuses yet, so the constraints hold for every row: they are added
-- without reading the table.
ALTER TABLE "Order" ADD COLUMN "bonusMinor" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Order" ADD COLUMN "bonusAmount" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Order" ADD COLUMN "bonusReturnedAt" TIMESTAMPTZ(3);
ALTER TABLE "Order" ADD CONSTRAINT "Order_bonuses" CHECK (
  "bonusMinor" >= 0 AND "bonusAmount" >= "bonusMinor" AND ("bonusAmount" = 0) = ("bonusMinor" = 0)
  AND "bonusMinor" < "amountMinor" AND "refundedMinor" <= "amountMinor" - "bonusMinor"
  AND ("bonusReturnedAt" IS NULL OR "bonusMinor" > 0)) NOT VALID;
ALTER TABLE "BonusEntry" ADD CONSTRAINT "BonusEntry_purchase_covered"
  CHECK ("kind" <> 'purchase' OR ("amount" < 0 AND "balance" >= 0)) NOT VALID;
ALTER TABLE "BonusEntry" ADD CONSTRAINT "BonusEntry_purchase_returned_positive"
  CHECK ("kind" <> 'purchase_returned' OR "amount" > 0) NOT VALID;
