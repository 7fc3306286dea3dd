import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { MAX_MINTS_PER_ARTIST_PER_DAY } from "@/lib/nft/mint-budget";
import { toTokenId } from "@/lib/nft/token-id";
import { backgroundTaskService } from "@/lib/tasks";
import { finishMints, newWallet, nonceViolations } from "@/tests/support/factories/minting";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";
import { startChild } from "@/tests/support/processes/children";
import { startMintingStack } from "@/tests/support/stack/minting-stack";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
const dataDir = await mkdtemp(path.join(tmpdir(), "normaldance-chain-"));
// Hooks of this kind run in reverse order: this one after the chain has stopped.
afterAll(() => rm(dataDir, { recursive: true, force: true }));
const { chain, reader } = await startMintingStack({ dataDir });
// Thousands of calls of the instances, none of them faulty.
process.env.CHAIN_RPC_URL = chain.url;

async function enqueueMints(count: number): Promise<{ ids: string[]; owner: `0x${string}` }> {
  const owner = newWallet().address;
  const ids: string[] = [];
  let artist = await createPerson("artist");
  for (let index = 0; index < count; index++) {
    // A day allows no more mints of one artist.
    if (index % MAX_MINTS_PER_ARTIST_PER_DAY === 0) artist = await createPerson("artist");
    const postId = await createTestPost(artist);
    ids.push(await backgroundTaskService.mintNft({ postId, ownerAddress: owner, metadata: {} }));
  }
  return { ids, owner };
}

/** 200 mints are a thousand looks, each with some twenty calls of the node. */
const LONG_TEST_MS = 600_000;

/** Looks at all mints from three processes at once, each mint in two of them. */
async function lookFromThreeInstances(ids: readonly string[]): Promise<void> {
  const share = (instance: number) => ids.filter((_, index) => index % 3 !== instance);
  const ends = [0, 1, 2].map((instance) => startChild("minting-process.ts", share(instance)).ended);
  expect(await Promise.all(ends)).toEqual([0, 0, 0]);
}

/** The mints whose token does not exist, with what is known of each. */
async function problems(ids: readonly string[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const id of ids) {
    const owner = await reader.ownerOf(toTokenId(id).toString()).catch(() => null);
    if (owner !== null) continue;
    const include = { nonces: { include: { transactions: { omit: { raw: true } } } } } as const;
    found.push(await db().mint.findUniqueOrThrow({ where: { id }, include }));
  }
  return found;
}

describe("one account of many instances", () => {
  it(
    "mints 200 tracks from three instances, each once, without a gap",
    async () => {
      const { ids, owner } = await enqueueMints(runs(200));
      await lookFromThreeInstances(ids);
      await chain.node.call("evm_mine");
      await finishMints(chain, ids);
      expect(await problems(ids)).toEqual([]);
      expect(await reader.mintedTo(owner)).toHaveLength(ids.length);
      expect(await nonceViolations()).toEqual([]);
      expect(await db().chainNonce.count()).toBe(ids.length);
    },
    LONG_TEST_MS,
  );

  it("goes on after the node was killed half-way", async () => {
    const { ids, owner } = await enqueueMints(6);
    await lookFromThreeInstances(ids);
    await chain.node.call("evm_mine");
    await lookFromThreeInstances(ids);
    process.kill(await chain.node.pid(), "SIGKILL");
    await finishMints(chain, ids);
    expect(await problems(ids)).toEqual([]);
    expect(await reader.mintedTo(owner)).toHaveLength(6);
    expect(await nonceViolations()).toEqual([]);
  });
});
