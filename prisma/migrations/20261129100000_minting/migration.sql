-- Minting: mints, the ledger of nonces, and the signed transactions. Additive.
-- CreateEnum
CREATE TYPE "MintState" AS ENUM ('pending', 'sent', 'mined', 'confirmed', 'failed');

-- CreateEnum
CREATE TYPE "ChainNonceState" AS ENUM ('open', 'settled');

-- CreateTable
CREATE TABLE "Mint" (
    "id" UUID NOT NULL,
    "postId" UUID,
    "userId" UUID,
    "ownerAddress" TEXT NOT NULL,
    "chainId" INTEGER NOT NULL,
    "contract" TEXT NOT NULL,
    "state" "MintState" NOT NULL DEFAULT 'pending',
    "taskId" UUID,
    "proofNonce" TEXT,
    "metadataUrl" TEXT,
    "transactionHash" TEXT,
    "blockNumber" INTEGER,
    "blockHash" TEXT,
    "confirmations" INTEGER NOT NULL DEFAULT 0,
    "feeWei" DECIMAL(38,0),
    "failure" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Mint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ChainNonce" (
    "chainId" INTEGER NOT NULL,
    "account" TEXT NOT NULL,
    "nonce" INTEGER NOT NULL,
    "mintId" UUID,
    "state" "ChainNonceState" NOT NULL DEFAULT 'open',
    "isFiller" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checkedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ChainNonce_pkey" PRIMARY KEY ("chainId", "account", "nonce")
);

-- CreateTable
CREATE TABLE "ChainTransaction" (
    "hash" TEXT NOT NULL,
    "chainId" INTEGER NOT NULL,
    "account" TEXT NOT NULL,
    "nonce" INTEGER NOT NULL,
    "isFiller" BOOLEAN NOT NULL,
    "raw" TEXT NOT NULL,
    "gas" INTEGER NOT NULL,
    "maxFee" DECIMAL(38,0) NOT NULL,
    "maxPriorityFee" DECIMAL(38,0) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMPTZ(3),

    CONSTRAINT "ChainTransaction_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "Mint_proofNonce_key" ON "Mint"("proofNonce");

-- CreateIndex
CREATE INDEX "Mint_postId_idx" ON "Mint"("postId");

-- CreateIndex
CREATE INDEX "Mint_userId_id_idx" ON "Mint"("userId", "id");

-- CreateIndex
CREATE INDEX "ChainNonce_mintId_idx" ON "ChainNonce"("mintId");

-- CreateIndex
CREATE INDEX "ChainTransaction_chainId_account_nonce_idx" ON "ChainTransaction"("chainId", "account", "nonce");

-- A post is minted once, unless the mint failed.
CREATE UNIQUE INDEX "Mint_one_per_post" ON "Mint"("postId") WHERE state <> 'failed';

-- A mint has one nonce at a time.
CREATE UNIQUE INDEX "ChainNonce_one_open_per_mint" ON "ChainNonce"("mintId") WHERE state = 'open';

-- The open ones are few among all that ever were.
CREATE INDEX "ChainNonce_open" ON "ChainNonce"("chainId", "account", "nonce") WHERE state = 'open';

-- AddForeignKey
ALTER TABLE "Mint" ADD CONSTRAINT "Mint_postId_fkey" FOREIGN KEY ("postId") REFERENCES "Post"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Mint" ADD CONSTRAINT "Mint_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ChainNonce" ADD CONSTRAINT "ChainNonce_mintId_fkey" FOREIGN KEY ("mintId") REFERENCES "Mint"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ChainTransaction" ADD CONSTRAINT "ChainTransaction_chainId_account_nonce_fkey" FOREIGN KEY ("chainId", "account", "nonce") REFERENCES "ChainNonce"("chainId", "account", "nonce") ON DELETE RESTRICT ON UPDATE CASCADE;
