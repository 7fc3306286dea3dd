import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { toTokenId } from "@/lib/nft/token-id";
import { backgroundTaskService } from "@/lib/tasks";
import {
  chainReader,
  finishMints,
  newWallet,
  nonceViolations,
  startTestChain,
} from "@/tests/support/factories/minting";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";
import { startChild } from "@/tests/support/processes/children";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
const backends = await startIsolatedBackends();
const dataDir = await mkdtemp(path.join(tmpdir(), "normaldance-chain-"));
const chain = await startTestChain({ dataDir });
const reader = chainReader(chain);
let artist: Caller;
beforeAll(async () => {
  artist = await createPerson("artist");
});
afterAll(async () => {
  await (await import("@/lib/db")).disconnectDb();
  await chain.close();
  await backends.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function enqueueMints(count: number): Promise<{ ids: string[]; owner: `0x${string}` }> {
  const owner = newWallet().address;
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
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
