import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { Prisma, type Transaction, transaction } from "../db";
import type { ChatMessageView } from "../schemas/chat-message";
import { type LockedChat, lockChat, requireMember, requireNotBlocked } from "./lock-chat";
import {
  referencesSql,
  referenceTablesSql,
  storedMessagesSql,
  storedWithReferencesSchema,
  toMessageViews,
} from "./message";
import { type MessageForms, publishMessage } from "./publish-changes";

const rowSchema = z.object({
  authorId: z.uuid().nullable(),
  text: z.string(),
  mentions: z.array(z.uuid()),
  deletedAt: z.date().nullable(),
  pinnedAt: z.date().nullable(),
});

/** A message before a change, with its chat; the chat's row lock protects both until the transaction ends. */
export interface LockedMessage extends z.infer<typeof rowSchema> {
  id: string;
  chatId: string;
  chat: LockedChat;
}

interface ChangeOptions {
  /** The previous text must not remain readable anywhere. */
  redacts?: boolean;
  /** Also where a block is between the two members of a direct chat. */
  allowsBlocked?: boolean;
  /** The caller need not be a member. */
  allowsNonMembers?: boolean;
}

/**
 * Changes a message and gives it the chat's next revision, in one transaction: a change that fails or changes nothing
 * takes no revision.
 *
 * @param change  checks the message, writes its related rows (reactions, tasks), and returns the SET clause for its
 *        row; null when nothing needs to change. It may run more than once
 * @throws {AppError} not_found for a non-member, and for a message that is not in this chat; cannot_write where there is
 *         a block
 */
export async function changeMessage(
  caller: Caller,
  chatId: string,
  messageId: string,
  change: (tx: Transaction, before: LockedMessage) => Promise<Prisma.Sql | null>,
  { allowsBlocked = false, allowsNonMembers = false, redacts = false }: ChangeOptions = {},
): Promise<ChatMessageView> {
  const { forms, isChanged } = await transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    if (!allowsNonMembers) requireMember(chat);
    if (!allowsBlocked) requireNotBlocked(chat);
    const row = await tx.chatMessage.findUnique({
      where: { id: messageId, chatId },
      select: {
        ...{ authorId: true, text: true, mentions: true, deletedAt: true, pinnedAt: true },
        author: { select: { deletedAt: true } },
      },
    });
    if (!row) throw new AppError("not_found", { message: "message_not_found" });
    // A message of an account that is being erased counts as deleted.
    const deletedAt = row.deletedAt ?? row.author?.deletedAt ?? null;
    const setClause = await change(tx, {
      ...rowSchema.parse({ ...row, deletedAt }),
      id: messageId,
      chatId,
      chat,
    });
    return { forms: await updateAndRead(tx, chatId, messageId, setClause), isChanged: setClause !== null };
  });
  if (isChanged) await publishMessage(forms, { redacts });
  return forms.view;
}

/** Applies the SET clause, if there is one, and returns the resulting message. One statement. */
async function updateAndRead(
  tx: Transaction,
  chatId: string,
  messageId: string,
  setClause: Prisma.Sql | null,
): Promise<MessageForms> {
  const pickedSql = setClause
    ? Prisma.sql`bumped AS (
  UPDATE "Chat" SET revision = revision + 1 WHERE id = ${chatId}::uuid RETURNING revision
), picked AS (
  UPDATE "ChatMessage" x SET revision = bumped.revision, ${setClause} FROM bumped WHERE x.id = ${messageId}::uuid
  RETURNING x.*
)`
    : Prisma.sql`picked AS (SELECT x.* FROM "ChatMessage" x WHERE x.id = ${messageId}::uuid)`;
  const rows = await tx.$queryRaw`
WITH ${pickedSql}, ${referenceTablesSql()} SELECT ${storedMessagesSql}, ${referencesSql}`;
  const [row] = z.tuple([storedWithReferencesSchema]).parse(rows);
  const [stored] = row.items;
  const [view] = toMessageViews(row.items, row);
  if (!stored || !view) throw new Error("chat message not found although its chat is locked");
  return { stored, view };
}

/** @throws {AppError} not_found for a deleted message, of which only the empty row remains */
export function requireNotDeleted({ deletedAt }: Pick<LockedMessage, "deletedAt">): void {
  if (deletedAt) throw new AppError("not_found", { message: "message_not_found" });
}
