import { AppError } from "../core/errors";
import type { Transaction } from "../db";
import type { ReportTarget } from "../schemas/enums";
import { plainText } from "../schemas/mention";
import { MAX_REPORTED_LENGTH } from "../schemas/report";

interface Target {
  target: ReportTarget;
  targetId: string;
}

/** Who made the thing, and its words as operators read them. */
export interface Reportable {
  authorId: string | null;
  /** A title, or a person's name; null: a message has none. */
  title: string | null;
  text: string;
}

const notDeleted = { deletedAt: null } as const;

/** Each finds the thing if the user may see it; one statement. */
const finders: Record<
  ReportTarget,
  (tx: Transaction, userId: string, id: string) => Promise<Reportable | null>
> = {
  post: (tx, _, id) =>
    tx.post.findUnique({
      where: { id, ...notDeleted, author: notDeleted },
      select: { authorId: true, title: true, text: true },
    }),

  message: async (tx, userId, id) => {
    const message = await tx.chatMessage.findUnique({
      where: {
        ...{ id, ...notDeleted, author: notDeleted },
        chat: { members: { some: { userId, leftAt: null } } },
      },
      select: { authorId: true, text: true },
    });
    return message && { authorId: message.authorId, title: null, text: plainText(message.text) };
  },

  person: async (tx, _, id) => {
    const person = await tx.user.findUnique({
      where: { id, ...notDeleted },
      select: { id: true, name: true },
    });
    return person && { authorId: person.id, title: person.name, text: "" };
  },

  product: async (tx, _, id) => {
    const product = await tx.product.findUnique({
      where: { id, seller: notDeleted },
      select: { sellerId: true, title: true, description: true },
    });
    return product && { authorId: product.sellerId, title: product.title, text: product.description };
  },
};

/** @throws {AppError} not_found for what does not exist, and for what the user may not see */
export async function findReportable(
  tx: Transaction,
  userId: string,
  { target, targetId }: Target,
): Promise<Reportable> {
  const found = await finders[target](tx, userId, targetId);
  if (!found) throw new AppError("not_found", { field: "targetId" });
  return { ...found, text: found.text.slice(0, MAX_REPORTED_LENGTH) };
}
