import { waitForDeferredWork } from "@/lib/core/defer";
import type { Failpoint } from "@/lib/core/failpoint";
import {
  finishMints,
  lookAtMint,
  newWallet,
  nonceViolations,
  readTestMint,
  requestTestMint,
} from "@/tests/support/factories/minting";
import { createTestPost } from "@/tests/support/factories/people";
import { startChild } from "@/tests/support/processes/children";
import { type FailpointScenario, testFailpoints } from "@/tests/support/processes/test-failpoints";
import { startMintingStack } from "@/tests/support/stack/minting-stack";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
const { chain, reader, artist } = await startMintingStack();

/** A mint that was requested; `looks` of its looks have passed, each with a block after it. */
const mintScenario = (looks: number) => async (): Promise<FailpointScenario> => {
  const postId = await createTestPost(artist);
  const wallet = newWallet();
  const { id, tokenId } = await requestTestMint(artist, postId, wallet);
  await waitForDeferredWork();
  for (let look = 0; look < looks; look++) {
    await lookAtMint(id);
    await chain.node.call("evm_mine");
  }
  return {
    act: () => lookAtMint(id),
    actConcurrently: () => lookAtMint(id),
    crashAt: (failpoint: Failpoint) => startChild("minting-process.ts", [id], { FAILPOINT: failpoint }).ended,
    settle: () => finishMints(chain, [id]),
    violations: async () => {
      const found = await nonceViolations();
      const minted = await reader.mintedTo(wallet.address);
      if (minted.length !== 1) found.push(`${minted.length} tokens`);
      if (minted[0] !== tokenId) found.push(`token ${minted[0]} instead of ${tokenId}`);
      const { state } = await readTestMint(postId);
      if (state !== "confirmed") found.push(`the mint is ${state}`);
      return found;
    },
  };
};

testFailpoints<Extract<Failpoint, `nft.${string}`>>({
  "nft.metadata.stored": mintScenario(0),
  "nft.nonce.assigned": mintScenario(0),
  "nft.transaction.signed": mintScenario(0),
  "nft.transaction.sent": mintScenario(0),
  "nft.outcome.found": mintScenario(1),
});
