import type { z } from "zod";
import {
  directKeyOf,
  lockPeople,
  requireMayInvite,
  requireMayWriteFirst,
  requireReachable,
} from "../contacts";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { claimIdempotencyKey, isForeignKeyViolation, type Transaction, transaction } from "../db";
import type { ChatDetail, newChatSchema } from "../schemas/chat";
import { getChat } from "./chat";
import { notifyInvited } from "./mentions";
import { publishChatChanged } from "./publish-changes";

type NewChat = z.output<typeof newChatSchema>;
type NewGroup = Extract<NewChat, { kind: "group" }>;

/**
 * Opens a chat. Two users have one direct chat, whichever of them opens it and however often; a group is new each time,
 * unless the call is a repeat with the same key.
 *
 * @returns the chat, and whether this call created it
 * @throws {AppError} bad_request for a direct chat with oneself, not_found for an account that does not exist, cannot_write
 *         for a new chat with a person where there is a block or who takes none, address_not_confirmed for a caller who
 *         must confirm the address to write to strangers, conflict when the key was used for another group
 */
export async function createChat(
  caller: Caller,
  input: NewChat,
  key?: string,
): Promise<{ chat: ChatDetail; created: boolean }> {
  const { id, created, members } = await transaction((tx) =>
    input.kind === "direct" ? openDirect(tx, caller, input.userId) : openGroup(tx, caller, input, key),
  ).catch((error: unknown) => {
    // An account was deleted after it was looked up.
    if (isForeignKeyViolation(error)) throw new AppError("not_found", { cause: error });
    throw error;
  });
  if (created) publishChatChanged(id, members);
  return { chat: await getChat(caller, id), created };
}

interface OpenedChat {
  id: string;
  created: boolean;
  members: string[];
}

async function openDirect(tx: Transaction, { userId }: Caller, otherId: string): Promise<OpenedChat> {
  if (otherId === userId) throw new AppError("bad_request", { message: "own_chat", field: "userId" });
  const members = [userId, otherId].sort();
  const directKey = directKeyOf(userId, otherId);
  // First, because the chat with an account that is being erased still exists.
  await lockPeople(tx, members);
  const existing = await tx.chat.findUnique({ where: { directKey }, select: { id: true } });
  if (existing) return { ...existing, created: false, members };
  await requireReachable(tx, userId, [otherId]);
  await requireMayWriteFirst(tx, userId, otherId);
  const id = newId();
  const at = new Date(now());
  // Both users may open it concurrently: the second insert waits here for the first, and its chat is used.
  const insertedCount = await tx.$executeRaw`
INSERT INTO "Chat" (id, kind, "directKey", "createdAt") VALUES (${id}::uuid, 'direct', ${directKey}, ${at})
ON CONFLICT ("directKey") DO NOTHING`;
  if (insertedCount === 0) {
    const winner = await tx.chat.findUniqueOrThrow({ where: { directKey }, select: { id: true } });
    return { ...winner, created: false, members };
  }
  await tx.chatMember.createMany({
    data: members.map((memberId) => ({ chatId: id, userId: memberId, joinedAt: at })),
  });
  return { id, created: true, members };
}

async function openGroup(
  tx: Transaction,
  caller: Caller,
  input: NewGroup,
  key: string | undefined,
): Promise<OpenedChat> {
  const { title, open, memberIds } = input;
  const invited = [...new Set(memberIds)].filter((id) => id !== caller.userId).sort();
  const members = [caller.userId, ...invited];
  const write = { userId: caller.userId, scope: "chat", key, input } as const;
  const { id, isRepeat } = await claimIdempotencyKey(tx, write);
  if (isRepeat) return { id, created: false, members };
  await lockPeople(tx, members);
  await requireReachable(tx, caller.userId, invited);
  await requireMayInvite(tx, caller.userId, invited);
  const at = now();
  await tx.chat.create({ data: { id, kind: "group", title, open, createdAt: new Date(at) } });
  await tx.chatMember.createMany({
    data: members.map((userId, index) => ({
      ...{ chatId: id, userId, role: userId === caller.userId ? ("owner" as const) : ("member" as const) },
      // Distinct times: the members keep one order, the owner first.
      joinedAt: new Date(at + index),
    })),
  });
  await notifyInvited(tx, caller, { id, title }, invited);
  return { id, created: true, members };
}
