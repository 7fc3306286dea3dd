import { log } from "../core/log";
import { isMintingConfigured } from "../core/minting-settings";
import { requireChain } from "./find-outcome";

/**
 * Checks the settings of minting when a server starts: the network, the contract and the account's role. What is wrong
 * is an alert and a line in the log; the app runs without minting. Never rejects.
 */
export async function verifyMintingAtStart(): Promise<void> {
  if (!isMintingConfigured()) return;
  try {
    const { id, contract, signer } = await requireChain();
    log().info({ chainId: id, contract, account: signer.address }, "minting verified");
  } catch (error) {
    log().error({ err: error }, "minting is set up wrongly, or its node does not answer");
  }
}
