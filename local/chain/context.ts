import type { ChainNode } from "./chain-node";
import type { Wallet } from "./sign-page";

/** What the requests of the chain's server share. */
export interface ChainContext {
  node: ChainNode;
  wallets: readonly Wallet[];
}
