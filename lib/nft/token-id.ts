/** The token of a mint: the 128 bits of the id of its task, so that one task can mint one token only. */
export function toTokenId(mintId: string): bigint {
  return BigInt(`0x${mintId.replaceAll("-", "")}`);
}
