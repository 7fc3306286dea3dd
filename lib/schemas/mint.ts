import { z } from "zod";
import { MintState } from "./enums";

/** Why a mint failed. */
export const mintFailures = [
  /** The post was deleted before it was minted. */
  "post_deleted",
  /** The address turned out to be a contract. */
  "owner_is_contract",
  /** The contract refused. */
  "reverted",
  /** The transaction ran out of gas. */
  "out_of_gas",
  /** The node refused the transaction for good. */
  "refused",
  /** Given up, and its nonce was used up by an empty transaction. */
  "abandoned",
] as const;

/** A mint. Anyone may see one that is on its way to the chain or there; one that failed, its artist only. */
export const mintSchema = z.object({
  /** Also the task's: every change is published to its owner on `task:{id}`. */
  id: z.uuid(),
  postId: z.uuid().nullable(),
  state: z.enum(MintState),
  failure: z.enum(mintFailures).nullable(),
  chainId: z.int(),
  contract: z.string(),
  /** Decimal. */
  tokenId: z.string(),
  ownerAddress: z.string(),
  metadataUrl: z.string().nullable(),
  transactionHash: z.string().nullable(),
  blockNumber: z.int().nullable(),
  confirmations: z.int(),
  /** From this many on it is final. */
  confirmationsNeeded: z.int(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});

export type MintView = z.infer<typeof mintSchema>;

/** Input for the message that proves an address. */
export const mintChallengeQuerySchema = z.object({
  /** `0x` and 40 hexadecimal digits; checksummed (EIP-55) or in one case. */
  address: z.string().trim().min(1).max(64),
});

export const mintChallengeSchema = z.object({
  /** To be signed as it is (EIP-191, `personal_sign`). */
  message: z.string(),
  address: z.string(),
  expiresAt: z.iso.datetime(),
});

/** The signed message. */
export const newMintSchema = z.object({
  message: z.string().min(1).max(4_000),
  /** 65 bytes, hexadecimal. */
  signature: z.string().regex(/^0x[0-9a-fA-F]{130}$/),
});

/** The JSON that a token's address leads to, as marketplaces read it. */
export const tokenMetadataSchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  external_url: z.string(),
  image: z.string().optional(),
  animation_url: z.string().optional(),
  attributes: z.array(z.object({ trait_type: z.string(), value: z.string() })),
});

export type TokenMetadata = z.infer<typeof tokenMetadataSchema>;
