export { isMintingAvailable } from "./availability";
export { eraseMintBatch } from "./erase-account";
export { hasMints, pingChain } from "./ping-chain";
export { getMint, listMints } from "./read-mints";
export { createMintChallenge, requestMint } from "./request-mint";
export { tidyTokenFiles } from "./token-files";
export { verifyMintingAtStart } from "./verify-at-start";
