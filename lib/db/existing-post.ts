import type { Prisma } from "../../prisma/generated/client";

/** Posts that readers may see: neither deleted nor of an account whose deletion was requested. */
export const existingPost = {
  deletedAt: null,
  author: { deletedAt: null },
} as const satisfies Prisma.PostWhereInput;
