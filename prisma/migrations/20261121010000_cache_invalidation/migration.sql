-- CreateTable
CREATE TABLE "CacheInvalidation" (
    "id" UUID NOT NULL,
    "members" TEXT[],
    "tags" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CacheInvalidation_pkey" PRIMARY KEY ("id")
);
