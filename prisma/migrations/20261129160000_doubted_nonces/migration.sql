-- When the chain and the ledger first disagreed about a nonce. Additive; without a default nothing is rewritten.
-- AlterTable
ALTER TABLE "ChainNonce" ADD COLUMN     "doubtedAt" TIMESTAMPTZ(3);
