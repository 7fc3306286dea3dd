import { db } from "../db";
import { withoutErasedNames } from "../notifications";
import { extractMentionNames, plainText, replaceMentions } from "../schemas/mention";
import { type SectionName, type SectionRow, sectionSchemas } from "./export-schema";
import { inventory } from "./inventory";

/** Rows per page; bounds the memory of an export to a few megabytes. */
const PAGE_SIZE = 500;
const pageArguments = { orderBy: { id: "asc" }, take: PAGE_SIZE } as const;

interface ExportedUser {
  id: string;
  seq: number;
}

/** Reads one list of an export, page by page, oldest first. */
export function readSection(name: SectionName, user: ExportedUser): AsyncGenerator<object[]> {
  const read: ((user: ExportedUser) => AsyncGenerator<object[]>) | undefined = joinedSections[name];
  return read ? read(user) : readPlainSection(name, user);
}

/** A section whose records are a table's rows: the inventory says which, and the section's schema which columns. */
function readPlainSection(name: SectionName, user: ExportedUser): AsyncGenerator<object[]> {
  const found = Object.entries(inventory).find(([, { section }]) => section?.name === name);
  const [model = "", { section } = {}] = found ?? [];
  // Prisma types a query by its model, which is not known here; the section's schema parses the rows.
  const tables = db() as unknown as Record<string, Table>;
  const table = tables[model.charAt(0).toLowerCase() + model.slice(1)];
  if (!section || !table) throw new Error(`the inventory has no table for the section ${name}`);
  const { owner, key = "id" } = section;
  const columns = Object.keys(sectionSchemas[name].shape).map((column) => [column, true]);
  return paginate(async (after?: unknown) => {
    const rows = await table.findMany({
      where: { [owner]: user.id, [key]: { gt: after } },
      orderBy: { [key]: "asc" },
      take: PAGE_SIZE,
      select: { ...Object.fromEntries(columns), [key]: true },
    });
    return rows.map((row) => ({ ...row, id: row[key] }));
  }, withIsoDates);
}

interface Table {
  findMany(query: object): Promise<Record<string, unknown>[]>;
}

/** The sections that other tables or rules are part of. */
const joinedSections: { [N in SectionName]?: (user: ExportedUser) => AsyncGenerator<SectionRow<N>[]> } = {
  telegram: ({ id: userId }) =>
    paginate(
      (after?: string) =>
        db().botPerson.findMany({
          where: { userId, id: { gt: after } },
          ...pageArguments,
          include: { project: { select: { name: true } } },
        }),
      ({ project, telegramId, ...row }) => ({
        ...withIsoDates(row),
        botName: project.name,
        telegramId: String(telegramId),
      }),
    ),

  botSteps: ({ id: userId }) =>
    paginate(async (after?: string) => {
      const [executionId, no] = after?.split(" ") ?? [];
      const rows = await db().botStep.findMany({
        where: {
          execution: { person: { userId } },
          ...(executionId === undefined
            ? {}
            : { OR: [{ executionId: { gt: executionId } }, { executionId, no: { gt: Number(no) } }] }),
        },
        orderBy: [{ executionId: "asc" }, { no: "asc" }],
        take: PAGE_SIZE,
      });
      return rows.map((row) => ({ ...row, id: `${row.executionId} ${row.no}` }));
    }, withIsoDates),

  botMessages: ({ id: userId }) =>
    paginate(
      (after?: string) =>
        db().botMessage.findMany({ where: { person: { userId }, id: { gt: after } }, ...pageArguments }),
      withIsoDates,
    ),

  views: ({ seq: viewerSeq }) =>
    paginate(
      (after?: bigint) =>
        db().postView.findMany({
          where: { viewerSeq, id: { gt: after }, post: { author: { deletedAt: null } } },
          ...pageArguments,
          include: { post: { select: { title: true } } },
        }),
      ({ postId, post, createdAt }) => ({
        postId,
        postTitle: post.title,
        viewedAt: createdAt.toISOString(),
      }),
    ),

  plays: ({ seq: listenerSeq }) =>
    paginate(
      (after?: bigint) =>
        db().postPlay.findMany({
          where: { listenerSeq, id: { gt: after }, post: { author: { deletedAt: null } } },
          ...pageArguments,
          include: { post: { select: { title: true } } },
        }),
      ({ postId, post, hour }) => ({ postId, postTitle: post.title, hour: hour.toISOString() }),
    ),

  purchases: ({ id: buyerId }) =>
    paginate(
      (after?: string) =>
        db().order.findMany({
          where: { buyerId, id: { gt: after } },
          ...pageArguments,
          include: { seller: partyColumns, deliveries: { orderBy: { unit: "asc" } } },
        }),
      ({ seller, deliveries, ...order }) => ({
        ...withIsoDates(order),
        sellerName: publicName(seller),
        deliveries: deliveries.map(withIsoDates),
      }),
    ),

  // Sellers see only orders that were paid (lib/shop).
  sales: ({ id: sellerId }) =>
    paginate(
      (after?: string) =>
        db().order.findMany({
          where: { sellerId, paidAt: { not: null }, id: { gt: after } },
          ...pageArguments,
          include: { buyer: partyColumns },
        }),
      ({ buyer, ...order }) => ({ ...withIsoDates(order), buyerName: publicName(buyer) }),
    ),

  chats: ({ id: userId }) =>
    paginate(
      async (after?: string) => {
        const rows = await db().chatMember.findMany({
          where: { userId, chatId: { gt: after } },
          orderBy: { chatId: "asc" },
          take: PAGE_SIZE,
          include: {
            chat: {
              select: {
                kind: true,
                title: true,
                members: {
                  where: { userId: { not: userId }, user: { deletedAt: null } },
                  take: 1,
                  select: { user: { select: { name: true } } },
                },
              },
            },
          },
        });
        return rows.map((row) => ({ ...row, id: row.chatId }));
      },
      ({ chat, ...row }) => ({
        ...withIsoDates(row),
        kind: chat.kind,
        title: chat.kind === "direct" ? (chat.members[0]?.user.name ?? null) : chat.title,
      }),
    ),

  chatMessages: ({ id: authorId }) =>
    paginate(
      async (after?: string) => {
        const rows = await db().chatMessage.findMany({
          where: { authorId, id: { gt: after } },
          ...pageArguments,
          include: {
            attachments: { orderBy: { position: "asc" }, select: { file: { select: { name: true } } } },
          },
        });
        const live = await findLiveUsers(rows.flatMap(({ mentions }) => mentions));
        return rows.map((row) => ({ ...row, text: withoutErasedMentions(row.text, live) }));
      },
      ({ text, attachments, ...row }) => ({
        ...withIsoDates(row),
        // Mentioned users appear by name, without their id.
        text: plainText(text),
        mentions: extractMentionNames(text),
        attachments: attachments.map(({ file }) => file.name),
      }),
    ),

  chatReactions: ({ id: userId }) =>
    paginate(async (after?: string) => {
      const [messageId, emoji] = after?.split(" ") ?? [];
      const rows = await db().chatReaction.findMany({
        where: {
          userId,
          ...(messageId === undefined
            ? {}
            : { OR: [{ messageId: { gt: messageId } }, { messageId, emoji: { gt: emoji } }] }),
        },
        orderBy: [{ messageId: "asc" }, { emoji: "asc" }],
        take: PAGE_SIZE,
      });
      return rows.map((row) => ({ ...row, id: `${row.messageId} ${row.emoji}` }));
    }, withIsoDates),

  blocks: ({ id: blockerId }) =>
    paginate(
      async (after?: string) => {
        const rows = await db().personBlock.findMany({
          where: { blockerId, blockedId: { gt: after }, blocked: { deletedAt: null } },
          orderBy: { blockedId: "asc" },
          take: PAGE_SIZE,
          select: { blockedId: true, createdAt: true, blocked: { select: { name: true } } },
        });
        return rows.map((row) => ({ ...row, id: row.blockedId }));
      },
      ({ blocked, createdAt }) => ({ name: blocked.name, createdAt: createdAt.toISOString() }),
    ),

  notifications: ({ id: userId }) =>
    paginate(
      async (after?: string) =>
        withoutErasedNames(
          await db().notification.findMany({ where: { userId, id: { gt: after } }, ...pageArguments }),
        ),
      withIsoDates,
    ),

  audit: ({ id: userId }) =>
    paginate(
      async (after?: string) => {
        // Two reads, each in the order of an index; one with OR would sort all entries for each page.
        const [byUser, aboutUser] = await Promise.all(
          [{ actorId: userId }, { subject: `user:${userId}` }].map((where) =>
            db().auditEntry.findMany({ where: { ...where, id: { gt: after } }, ...pageArguments }),
          ),
        );
        const entries = new Map([...(byUser ?? []), ...(aboutUser ?? [])].map((entry) => [entry.id, entry]));
        return [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, PAGE_SIZE);
      },
      ({ actorId, ip, userAgent, ...entry }) => {
        const isOtherActor = actorId !== null && actorId !== userId;
        return {
          ...withIsoDates(entry),
          byYou: actorId === userId,
          // An administrator's IP address and browser are private.
          ip: isOtherActor ? null : ip,
          userAgent: isOtherActor ? null : userAgent,
        };
      },
    ),
};

const partyColumns = { select: { name: true, deletedAt: true } } as const;

/** Another user's name; null without one, and while the account is being erased. */
export function publicName(user: { name: string; deletedAt: Date | null } | null): string | null {
  return user === null || user.deletedAt !== null ? null : user.name;
}

async function findLiveUsers(ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const users = await db().user.findMany({
    where: { id: { in: [...new Set(ids)] }, deletedAt: null },
    select: { id: true },
  });
  return new Set(users.map(({ id }) => id));
}

function withoutErasedMentions(text: string, live: ReadonlySet<string>): string {
  return replaceMentions(text, (_, userId, whole) => (live.has(userId) ? whole : "@…"));
}

/** Keyset pagination by id, so that concurrent inserts and deletes neither repeat nor skip other rows. */
async function* paginate<Id, Row extends { id: Id }, Out>(
  readPage: (after?: Id) => Promise<Row[]>,
  toRecord: (row: Row) => Out,
): AsyncGenerator<Out[]> {
  for (let after: Id | undefined; ; ) {
    const rows: Row[] = await readPage(after);
    yield rows.map(toRecord);
    const last = rows.at(-1);
    if (rows.length < PAGE_SIZE || last === undefined) return;
    after = last.id;
  }
}

type WithIsoDates<T> = {
  [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K];
};

/** Converts the dates of a row to ISO 8601. */
function withIsoDates<T extends object>(row: T): WithIsoDates<T> {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  // The mapping above converts each value to the type that WithIsoDates gives it.
  return Object.fromEntries(entries) as WithIsoDates<T>;
}
