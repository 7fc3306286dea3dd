import { AppError } from "../core/errors";
import type { Transaction } from "../db";
import type { ReportTarget } from "../schemas/enums";

interface Target {
  target: ReportTarget;
  targetId: string;
}

const notDeleted = { deletedAt: null } as const;

/** Each finds who made the thing, if the user may see it; one statement. */
const finders: Record<
  ReportTarget,
  (tx: Transaction, userId: string, id: string) => Promise<{ authorId: string | null } | null>
> = {
  post: (tx, _, id) =>
    tx.post.findUnique({
      where: { id, ...notDeleted, author: notDeleted },
      select: { authorId: true },
    }),

  message: (tx, userId, id) =>
    tx.chatMessage.findUnique({
      where: {
        ...{ id, ...notDeleted, author: notDeleted },
        chat: { members: { some: { userId, leftAt: null } } },
      },
      select: { authorId: true },
    }),

  person: async (tx, _, id) => {
    const person = await tx.user.findUnique({ where: { id, ...notDeleted }, select: { id: true } });
    return person && { authorId: person.id };
  },

  product: async (tx, _, id) => {
    const product = await tx.product.findUnique({
      where: { id, seller: notDeleted },
      select: { sellerId: true },
    });
    return product && { authorId: product.sellerId };
  },
};

/** @throws {AppError} not_found for what does not exist, and for what the user may not see */
export async function findReportable(
  tx: Transaction,
  userId: string,
  { target, targetId }: Target,
): Promise<{ authorId: string | null }> {
  const found = await finders[target](tx, userId, targetId);
  if (!found) throw new AppError("not_found", { field: "targetId" });
  return found;
}
