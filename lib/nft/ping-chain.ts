import { db } from "../db";
import { chain } from "./chain";

/** One call to the chain's node. @throws when it refuses or does not answer */
export async function pingChain(): Promise<void> {
  await chain().client.getChainId();
}

/** Whether anything was ever minted: before, no user waits for the chain. Looks for the newest, by the primary key. */
export async function hasMints(): Promise<boolean> {
  return (await db().mint.findFirst({ orderBy: { id: "desc" }, select: { id: true } })) !== null;
}
