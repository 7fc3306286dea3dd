-- Bonuses that pay a part of an order, and their return. A new value cannot be used in the transaction that adds it:
-- the next migration does.
ALTER TYPE "BonusKind" ADD VALUE IF NOT EXISTS 'purchase';
ALTER TYPE "BonusKind" ADD VALUE IF NOT EXISTS 'purchase_returned';
