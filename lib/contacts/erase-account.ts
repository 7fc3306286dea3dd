import { deleteRows } from "../db";

/** Deletes one batch of an account's blocks, those that others have made of it included. @returns the number of rows */
export async function eraseBlockBatch(userId: string): Promise<number> {
  const rows = { table: "PersonBlock", key: "ctid" } as const;
  const made = await deleteRows({ ...rows, column: "blockerId" }, userId);
  return made > 0 ? made : deleteRows({ ...rows, column: "blockedId" }, userId);
}
