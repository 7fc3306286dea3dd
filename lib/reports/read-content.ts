import { db } from "../db";
import type { ReportTarget } from "../schemas/enums";
import { plainText } from "../schemas/mention";
import { MAX_REPORTED_LENGTH, type ReportView } from "../schemas/report";

type Content = NonNullable<ReportView["content"]>;
type Reference = { target: ReportTarget; targetId: string };

const author = { select: { id: true, name: true, handle: true } } as const;
const notDeleted = { deletedAt: null } as const;

/** What each kind of report is about, as it is now; ids that are missing were deleted. One statement each. */
const readers: Record<ReportTarget, (ids: string[]) => Promise<[string, Content][]>> = {
  async post(ids) {
    const rows = await db().post.findMany({
      where: { id: { in: ids }, ...notDeleted, author: notDeleted },
      select: { id: true, title: true, text: true, author },
    });
    return rows.map(({ id, ...post }) => [id, { ...post, path: `/posts/${id}` }]);
  },

  async message(ids) {
    const rows = await db().chatMessage.findMany({
      where: { id: { in: ids }, ...notDeleted, author: notDeleted },
      select: { id: true, text: true, author },
    });
    return rows.map(({ id, text, ...message }) => [
      id,
      { ...message, title: null, text: plainText(text), path: null },
    ]);
  },

  async person(ids) {
    const rows = await db().user.findMany({
      where: { id: { in: ids }, ...notDeleted },
      select: author.select,
    });
    return rows.map((person) => [
      person.id,
      { title: person.name, text: "", author: person, path: `/u/${person.handle}` },
    ]);
  },

  async product(ids) {
    const rows = await db().product.findMany({
      where: { id: { in: ids }, seller: notDeleted },
      select: { id: true, title: true, description: true, seller: author },
    });
    return rows.map(({ id, title, description, seller }) => [
      id,
      { title, text: description, author: seller, path: `/shop/${id}` },
    ]);
  },
};

/** Reads what reports are about, by target and id. At most one statement for each kind. */
export async function readContent(
  references: readonly Reference[],
): Promise<(reference: Reference) => Content | null> {
  const targets = [...new Set(references.map(({ target }) => target))];
  const found = await Promise.all(
    targets.map(async (target) => {
      const ids = references.flatMap((reference) =>
        reference.target === target ? [reference.targetId] : [],
      );
      return [target, new Map(await readers[target]([...new Set(ids)]))] as const;
    }),
  );
  const byTarget = new Map(found);
  return ({ target, targetId }) => {
    const content = byTarget.get(target)?.get(targetId);
    return content ? { ...content, text: content.text.slice(0, MAX_REPORTED_LENGTH) } : null;
  };
}
