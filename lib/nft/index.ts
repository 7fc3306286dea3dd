export { createMintChallenge, getMint, requestMint } from "./request-mint";
