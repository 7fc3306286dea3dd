import { isMintingConfigured } from "../core/minting-settings";
import { hasPublicStore } from "../storage";

/** Whether this deployment mints: it has a chain, and a store that the tokens' metadata is read from. */
export function isMintingAvailable(): boolean {
  return isMintingConfigured() && hasPublicStore();
}
