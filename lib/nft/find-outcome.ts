import { getAddress, isAddress, zeroAddress } from "viem";
import { env } from "../core/env";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { db, existingPost, isForeignKeyViolation, isUniqueViolation, transaction } from "../db";
import type { mintFailures } from "../schemas/mint";
import { NonRetryableTaskError, type Payload } from "../tasks";
import { advanceNonce, isUsedUp, type NonceOutcome } from "./advance-nonce";
import {
  type Chain,
  finalStateBlock,
  findTokenOwner,
  isContract,
  MAX_STATE_BLOCKS,
  MinterSettingsError,
  verifiedChain,
  wasMintedSince,
  withContract,
} from "./chain";
import { countFinal } from "./find-mined";
import { prepareMetadata, storeTokenFiles } from "./metadata";
import { createMint } from "./mint-budget";
import { assignNonce, findOpenNonce, type OpenNonce } from "./nonce-ledger";
import { raiseSettingsAlert } from "./settings-alert";
import { deleteIfEnded } from "./token-files";
import { toTokenId } from "./token-id";
import { canPay, estimateMint, isBaseFeeAbove, type MintCall, MintRevertedError } from "./transactions";

type MintFailure = (typeof mintFailures)[number];

/** What a look at a mint found. */
export type MintOutcome =
  /** It is final, or another instance is at it. */
  | { kind: "nothing" }
  /** It cannot be minted, and nothing of it was ever signed. */
  | { kind: "failed"; failure: MintFailure }
  /** Nothing is signed yet. */
  | { kind: "postponed"; reason: "funds" | "fee" | "confirmations" | "sound" }
  /** The token exists for good. */
  | { kind: "exists" }
  | NonceFound;

interface NonceFound {
  kind: "nonce";
  nonce: OpenNonce;
  outcome: NonceOutcome;
  tokenExists: boolean;
}

export interface MintRow {
  id: string;
  postId: string | null;
  ownerAddress: string;
  chainId: number;
  contract: string;
  state: string;
  metadataUrl: string | null;
}

/**
 * The row of a task's mint; one that was enqueued without a request gets its row here.
 * @throws {AppError} rate_limited: it waits, as its task is tried again until its deadline; {NonRetryableTaskError}
 */
export async function findOrCreateMint(payload: Payload<"nft-minting">, taskId: string): Promise<MintRow> {
  const id = payload.check?.mintId ?? taskId;
  const row = await db().mint.findUnique({ where: { id } });
  if (row) return row;
  if (payload.check) throw new NonRetryableTaskError("the mint does not exist any more");
  const { postId, ownerAddress } = payload;
  if (!isAddress(ownerAddress) || getAddress(ownerAddress) === zeroAddress)
    throw new NonRetryableTaskError("the owner's address is invalid");
  const { id: chainId, contract } = await requireChain();
  const post = await db().post.findUnique({
    where: { id: postId, ...existingPost },
    select: { authorId: true },
  });
  if (!post) throw new NonRetryableTaskError("the post does not exist");
  try {
    const mint = {
      id,
      postId,
      userId: post.authorId,
      ownerAddress: getAddress(ownerAddress),
      chainId,
      contract,
    };
    return await transaction((tx) => createMint(tx, mint));
  } catch (error) {
    if (isForeignKeyViolation(error)) throw new NonRetryableTaskError("the post does not exist");
    if (!isUniqueViolation(error)) throw error;
    const concurrent = await db().mint.findUnique({ where: { id } });
    if (concurrent) return concurrent;
    throw new NonRetryableTaskError("the post is minted already");
  }
}

/** The verified chain; wrong settings raise an alert. @throws when it cannot be used now */
export function requireChain(): Promise<Chain> {
  return withSettingsAlert(verifiedChain);
}

/** Runs what may find wrong settings, which raise an alert. @throws what it throws */
export async function withSettingsAlert<R>(run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof MinterSettingsError) await raiseSettingsAlert(error.message);
    throw error;
  }
}

/**
 * Looks at a mint and does what is next for it, up to sending its transaction. External work, outside of any
 * transaction. Safe to repeat and to run concurrently: a mint has one nonce at a time, and a token one mint.
 *
 * @throws what must be retried: the node or the store does not answer, or the settings are wrong
 */
export async function findMintOutcome(mint: MintRow, extra: Record<string, unknown>): Promise<MintOutcome> {
  if (mint.state === "confirmed" || mint.state === "failed") return { kind: "nothing" };
  return withSettingsAlert(() => look(mint, extra));
}

async function look(mint: MintRow, extra: Record<string, unknown>): Promise<MintOutcome> {
  const current = await verifiedChain();
  const nonce = await findOpenNonce(mint.id);
  // Another look has stored the metadata since the row was read: without its address a filler would be signed.
  const row = nonce === null ? mint : await db().mint.findUniqueOrThrow({ where: { id: mint.id } });
  if (current.id !== mint.chainId || foreign(current, nonce)) {
    throw new MinterSettingsError(
      "mints of another network or account are under way: restore the settings until they are final",
    );
  }
  const chain = withContract(current, mint.contract);
  if (nonce) return advanceOwn(chain, row, nonce);
  const existence = await findExistence(chain, mint.id);
  if (existence === "final") return { kind: "exists" };
  if (existence === "new") return { kind: "postponed", reason: "confirmations" };
  return begin(chain, mint, extra);
}

function foreign({ signer }: Chain, nonce: OpenNonce | null): boolean {
  return nonce !== null && nonce.account !== signer.address;
}

/** Everything that can fail for good is found out before the mint takes a nonce. */
async function begin(chain: Chain, mint: MintRow, extra: Record<string, unknown>): Promise<MintOutcome> {
  const owner = getAddress(mint.ownerAddress);
  if (await isContract(chain, owner)) return { kind: "failed", failure: "owner_is_contract" };
  const metadata =
    mint.postId === null ? ({ kind: "gone" } as const) : await prepareMetadata(mint.id, mint.postId, extra);
  if (metadata.kind === "gone") return { kind: "failed", failure: "post_deleted" };
  if (metadata.kind === "processing") return { kind: "postponed", reason: "sound" };
  const metadataUrl = metadata.url;
  const call = { mintId: mint.id, owner, metadataUrl };
  try {
    const gas = await estimateMint(chain, call);
    if (await isBaseFeeAbove(chain)) return { kind: "postponed", reason: "fee" };
    if (!(await canPay(chain, gas))) return { kind: "postponed", reason: "funds" };
  } catch (error) {
    if (!(error instanceof MintRevertedError)) throw error;
    if (error.isMinted) return { kind: "postponed", reason: "confirmations" };
    log().error({ err: error, mintId: mint.id }, "mint refused by the contract");
    return { kind: "failed", failure: "reverted" };
  }
  // Named before they are stored, so that they are deleted if the mint fails; and before the nonce, since every look at
  // that must be able to sign.
  const named = await db().mint.updateMany({
    where: { id: mint.id, state: "pending" },
    data: { metadataUrl },
  });
  if (named.count === 0) return { kind: "nothing" };
  await storeTokenFiles(metadata.files);
  await failpoint("nft.metadata.stored");
  const nonce = await assignNonce(chain, mint.id, await countFinal(chain));
  if (!nonce) {
    await deleteIfEnded(mint.id);
    return { kind: "nothing" };
  }
  await failpoint("nft.nonce.assigned");
  return advanceOwn(chain, { ...mint, metadataUrl }, nonce);
}

/** Looks after the nonce of a mint, and asks for its token once the nonce is used up: another one may have minted it. */
export async function advanceOwn(chain: Chain, mint: MintRow, nonce: OpenNonce): Promise<NonceFound> {
  const outcome = await advanceNonce(chain, nonce, toCall(mint));
  const tokenExists = isUsedUp(outcome) && (await findTokenOwner(chain, toTokenId(mint.id))) !== null;
  const isMinted = outcome.kind === "mined" && outcome.isFinal && outcome.succeeded && !outcome.isFiller;
  // A node that answers wrongly, or is behind: nothing is recorded as final on its word alone.
  if (isMinted && !tokenExists) throw new Error("the node has a final receipt of the mint, and no token");
  return { kind: "nonce", nonce, outcome, tokenExists };
}

/** What a mint's transaction calls; null before its metadata is stored, and for a mint that has failed. */
function toCall({ id, ownerAddress, metadataUrl, state }: MintRow): MintCall | null {
  return metadataUrl === null || state === "failed"
    ? null
    : { mintId: id, owner: getAddress(ownerAddress), metadataUrl };
}

async function findExistence(chain: Chain, mintId: string): Promise<"none" | "new" | "final"> {
  const tokenId = toTokenId(mintId);
  if ((await findTokenOwner(chain, tokenId)) === null) return "none";
  const stateBlock = await finalStateBlock(chain);
  if (stateBlock === null || (await findTokenOwner(chain, tokenId, stateBlock)) === null) return "new";
  const confirmations = env().MINT_CONFIRMATIONS;
  if (confirmations <= MAX_STATE_BLOCKS) return "final";
  // No state of the block that makes it final: the blocks since then have no event of it.
  const head = await chain.client.getBlockNumber();
  const isNew = await wasMintedSince(chain, tokenId, head - BigInt(confirmations - 2));
  return isNew ? "new" : "final";
}
