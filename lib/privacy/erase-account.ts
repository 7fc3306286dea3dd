import { anonymiseEventBatch } from "../analytics";
import { anonymiseAuditBatch } from "../audit";
import { eraseBotBatch } from "../bot";
import { eraseMembershipBatch, eraseMessageBatch, eraseTraceBatch } from "../chat";
import { eraseBlockBatch } from "../contacts";
import { failpoint } from "../core/failpoint";
import { clearOwner, deleteRows, findReferences, transaction } from "../db";
import { eraseSaleBatch } from "../leaderboards";
import { eraseFileBatch } from "../media";
import { eraseMintBatch } from "../nft";
import { anonymiseNotificationBatch } from "../notifications";
import { erasePostBatch } from "../posts";
import { eraseReportBatch, eraseReportedBatch } from "../reports";
import { eraseSessionBatch } from "../sessions";
import { eraseProductBatch } from "../shop";
import { eraseTaskBatch } from "../tasks";

/** An account whose deletion was requested. */
export interface DeletedAccount {
  userId: string;
  seq: number;
}

interface ErasureStep {
  /** The columns, as `Table.column`, with a foreign key to the account that refer to it no more after the step. */
  clears?: readonly string[];
  /** Erases one batch in transactions of its own. @returns the number of rows; 0 when none is left */
  eraseBatch(account: DeletedAccount): Promise<number>;
}

/**
 * What an account has, in the order in which it is erased; inventory.ts says what happens to each column. A test
 * compares `clears` with the database's foreign keys.
 */
export const erasureSteps: readonly ErasureStep[] = [
  { clears: ["Post.authorId"], eraseBatch: ({ userId }) => erasePostBatch(userId) },
  { eraseBatch: ({ userId }) => eraseMintBatch(userId) },
  unnamed("Mint", "userId"),
  { clears: ["Product.sellerId"], eraseBatch: ({ userId }) => eraseProductBatch(userId) },
  unnamed("Order", "buyerId"),
  unnamed("Order", "sellerId"),
  // After the orders, which then count for no seller.
  { eraseBatch: ({ userId }) => eraseSaleBatch(userId) },
  { clears: ["MediaFile.ownerId"], eraseBatch: ({ userId }) => eraseFileBatch(userId) },
  {
    clears: ["BotProject.ownerId", "BotPerson.userId", "BotLinkCode.userId"],
    eraseBatch: ({ userId }) => eraseBotBatch(userId),
  },
  // Before the notifications, which they would add.
  { eraseBatch: ({ userId }) => eraseTaskBatch(userId) },
  { eraseBatch: ({ userId }) => anonymiseNotificationBatch(userId) },
  { clears: ["ChatMessage.authorId"], eraseBatch: ({ userId }) => eraseMessageBatch(userId) },
  { clears: ["ChatReaction.userId"], eraseBatch: ({ userId }) => eraseTraceBatch(userId) },
  { clears: ["ChatMember.userId"], eraseBatch: ({ userId }) => eraseMembershipBatch(userId) },
  {
    clears: ["PersonBlock.blockerId", "PersonBlock.blockedId"],
    eraseBatch: ({ userId }) => eraseBlockBatch(userId),
  },
  { clears: ["Report.reporterId"], eraseBatch: ({ userId }) => eraseReportBatch(userId) },
  { clears: ["Report.reportedAuthorId"], eraseBatch: ({ userId }) => eraseReportedBatch(userId) },
  deleted("Notification"),
  deleted("NotificationPreference", "ctid"),
  deleted("BonusEntry"),
  deleted("AccountLink"),
  deleted("FormerHandle", "handle"),
  deleted("IdempotencyKey", "ctid"),
  { clears: ["Session.userId"], eraseBatch: ({ userId }) => eraseSessionBatch(userId) },
  {
    clears: ["PostView.viewerSeq"],
    eraseBatch: ({ seq }) => clearOwner({ table: "PostView", column: "viewerSeq" }, seq),
  },
  {
    clears: ["PostPlay.listenerSeq"],
    eraseBatch: ({ seq }) => clearOwner({ table: "PostPlay", column: "listenerSeq" }, seq),
  },
  unnamed("User", "referredById"),
  { eraseBatch: ({ userId }) => anonymiseEventBatch(userId) },
  { eraseBatch: ({ userId }) => anonymiseAuditBatch(userId) },
];

/** Rows that are deleted and that no row refers to. */
function deleted(table: Parameters<typeof deleteRows>[0]["table"], key = "id"): ErasureStep {
  return {
    clears: [`${table}.userId`],
    eraseBatch: ({ userId }) => deleteRows({ table, column: "userId", key }, userId),
  };
}

/** Rows that stay without the account. */
function unnamed(table: Parameters<typeof clearOwner>[0]["table"], column: string): ErasureStep {
  return {
    clears: [`${table}.${column}`],
    eraseBatch: ({ userId }) => clearOwner({ table, column }, userId),
  };
}

/**
 * Erases an account whose deletion was requested, batch by batch, and then its row. After a crash at any line it is
 * called again and continues: what is erased is not found again. Safe to run concurrently.
 *
 * @param hasTime  called after each batch; false ends the call
 * @returns false when there was no time to finish
 */
export async function eraseAccount(
  account: DeletedAccount,
  hasTime: () => Promise<boolean>,
): Promise<boolean> {
  for (;;) {
    for (const step of erasureSteps) {
      while ((await step.eraseBatch(account)) > 0) {
        await failpoint("privacy.batch.erased");
        if (!(await hasTime())) return false;
      }
    }
    if (await deleteAccountRow(account)) return true;
    // A request of the user that was under way added something meanwhile.
    if (!(await hasTime())) return false;
  }
}

/**
 * Deletes the account's row if nothing refers to it any more. So nothing follows its foreign keys, however much there
 * was: the row's lock lets no reference be added between the check and the deletion.
 */
function deleteAccountRow({ userId, seq }: DeletedAccount): Promise<boolean> {
  return transaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM "User" WHERE id = ${userId}::uuid FOR UPDATE`;
    const columns = erasureSteps.flatMap(({ clears = [] }) => clears);
    const references = columns.map((reference) => ({
      reference,
      owner: reference.endsWith("Seq") ? seq : userId,
    }));
    if ((await findReferences(tx, references)).length > 0) return false;
    await tx.user.deleteMany({ where: { id: userId, deletedAt: { not: null } } });
    return true;
  });
}
