-- CreateEnum
CREATE TYPE "ContactPolicy" AS ENUM ('everyone', 'acquaintances', 'none');

-- A constant default: no row is written.
ALTER TABLE "User" ADD COLUMN "contactPolicy" "ContactPolicy" NOT NULL DEFAULT 'everyone';
