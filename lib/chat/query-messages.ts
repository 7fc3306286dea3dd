import { z } from "zod";
import { defer } from "../core/defer";
import { AppError } from "../core/errors";
import { db, Prisma } from "../db";
import type { ChatMessageView } from "../realtime";
import * as store from "./cache-store";
import {
  around,
  aroundSchema,
  pickedSchema,
  type StoredMessage,
  storedOfPicked,
  tablesAround,
  tablesAroundStored,
  toViews,
} from "./message";

/**
 * Reading messages of one chat. Whoever reads is a member (`null`: the app itself): every statement asks that of
 * Postgres again, together with the chat's revision, which tells whether what Redis has is what there is.
 */

const chatSchema = z.object({ revision: z.int(), lastSeq: z.int() });
const answerSchema = z.array(chatSchema.extend(pickedSchema.shape)).max(1);

export interface Answer {
  /** The chat's. */
  revision: number;
  lastSeq: number;
  stored: StoredMessage[];
  views: ChatMessageView[];
}

/** The chat as `chat`, if the reader may read it. */
function chatFor(readerId: string | null, chatId: string): Prisma.Sql {
  const isMember =
    readerId === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`EXISTS (SELECT FROM "ChatMember" m
    WHERE m."chatId" = c.id AND m."userId" = ${readerId}::uuid AND m."leftAt" IS NULL)`;
  return Prisma.sql`chat AS (
  SELECT c.id, c.revision, c."lastSeq" FROM "Chat" c WHERE c.id = ${chatId}::uuid AND ${isMember}
)`;
}

/**
 * Reads messages from Postgres, all in one statement and so at one revision of the chat.
 * @param which  conditions, order and limit over "ChatMessage" x
 * @returns in the order of their `seq`
 * @throws {AppError} not_found when there is no such chat for the reader
 */
export async function ask(readerId: string | null, chatId: string, which: Prisma.Sql): Promise<Answer> {
  const rows = await db().$queryRaw`
WITH ${chatFor(readerId, chatId)}, picked AS (
  SELECT x.* FROM "ChatMessage" x WHERE x."chatId" = (SELECT id FROM chat) ${which}
), ${tablesAround()}
SELECT chat.revision, chat."lastSeq", ${storedOfPicked}, ${around} FROM chat`;
  const [answer] = answerSchema.parse(rows);
  if (!answer) throw new AppError("not_found", { message: "chat_not_found" });
  const { revision, lastSeq, items } = answer;
  return { revision, lastSeq, stored: items, views: toViews(items, answer) };
}

const lookedUpSchema = z.array(chatSchema.extend(aroundSchema.shape)).max(1);

/** What messages out of the cache point to, and the chat they must still be the state of. */
async function lookUp(readerId: string | null, chatId: string, messages: readonly StoredMessage[]) {
  const rows = await db().$queryRaw`
WITH ${chatFor(readerId, chatId)}, ${tablesAroundStored(messages)}
SELECT chat.revision, chat."lastSeq", ${around} FROM chat`;
  const [answer] = lookedUpSchema.parse(rows);
  if (!answer) throw new AppError("not_found", { message: "chat_not_found" });
  return answer;
}

/** The newest `n` messages, {@link store.RECENT} at most. One statement when Redis has them, else one more. */
export async function newest(readerId: string | null, chatId: string, n: number): Promise<Answer> {
  const kept = await store.ifRedis(store.recent(chatId, n), null);
  if (kept) {
    const found = await lookUp(readerId, chatId, kept.messages);
    const isWhole =
      kept.messages.length === Math.min(n, found.lastSeq) &&
      kept.messages.every(({ seq }, at) => seq === found.lastSeq - kept.messages.length + 1 + at);
    if (found.revision === kept.revision && isWhole) {
      return { ...found, stored: kept.messages, views: toViews(kept.messages, found) };
    }
  }
  const page = await ask(readerId, chatId, Prisma.sql`ORDER BY x.seq DESC LIMIT ${store.RECENT}`);
  fillSoon(chatId, "recent", page);
  return { ...page, stored: page.stored.slice(-n), views: page.views.slice(-n) };
}

/** Messages that are pinned, in the order in which they were; else as {@link newest}. */
export async function pinned(readerId: string | null, chatId: string): Promise<Answer> {
  const kept = await store.ifRedis(store.pinned(chatId), null);
  if (kept) {
    const found = await lookUp(readerId, chatId, kept.messages);
    if (found.revision === kept.revision) return inOrder(found, kept.messages, toViews(kept.messages, found));
  }
  const page = await ask(readerId, chatId, Prisma.sql`AND x."pinnedAt" IS NOT NULL`);
  fillSoon(chatId, "pinned", page);
  return inOrder(page, page.stored, page.views);
}

function inOrder(
  { revision, lastSeq }: Pick<Answer, "revision" | "lastSeq">,
  stored: readonly StoredMessage[],
  views: readonly ChatMessageView[],
): Answer {
  type Pinned = Pick<StoredMessage, "pinnedAt" | "seq">;
  const byPin = (a: Pinned, b: Pinned) =>
    Date.parse(a.pinnedAt ?? "") - Date.parse(b.pinnedAt ?? "") || a.seq - b.seq;
  return { revision, lastSeq, stored: [...stored].sort(byPin), views: [...views].sort(byPin) };
}

/** Once the answer is out. */
function fillSoon(chatId: string, what: "recent" | "pinned", { revision, stored }: Answer): void {
  if (revision === 0) return;
  defer(async () => {
    await store.ifRedis(store.fill(chatId, what, { revision, messages: stored }), false);
  });
}

export async function recentOf(chatId: string, n: number): Promise<StoredMessage[]> {
  const most = Math.min(Math.max(1, Math.trunc(n)), store.RECENT);
  return (await newest(null, chatId, most)).stored;
}

export async function pinnedOf(chatId: string): Promise<StoredMessage[]> {
  return (await pinned(null, chatId)).stored;
}
