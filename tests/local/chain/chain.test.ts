import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createPublicClient, type Hex, http, recoverMessageAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, expect, it } from "vitest";
import { readArtifact } from "@/contracts/artifact";
import { startChain } from "@/local/chain";
import { waitUntil } from "@/tests/support/clients/wait-until";

const newKey = (): Hex => `0x${randomBytes(32).toString("hex")}`;
const dataDir = await mkdtemp(path.join(tmpdir(), "normaldance-chain-"));
const keys = { administratorKey: newKey(), minterKey: newKey() };
const open = (blockIntervalMs = 0) => startChain({ dataDir, ...keys, blockIntervalMs });
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it("starts the node with the first call, and keeps blocks and contract over a restart", async () => {
  const first = await open();
  expect(first.node.isRunning).toBe(false);
  const client = createPublicClient({ transport: http(first.url), cacheTime: 0 });
  expect(await client.getChainId()).toBe(first.chainId);
  expect(await client.getCode({ address: first.contract })).toBe(readArtifact().deployedBytecode);
  await first.node.call("evm_mine");
  const head = await client.getBlock();
  await first.close();

  const second = await open();
  const again = createPublicClient({ transport: http(second.url), cacheTime: 0 });
  expect(second.contract).toBe(first.contract);
  expect((await again.getBlock({ blockNumber: head.number })).hash).toBe(head.hash);
  expect(await again.getCode({ address: second.contract })).toBe(readArtifact().deployedBytecode);
  await second.close();
});

it("makes blocks until what was sent is final, and then rests", async () => {
  const chain = await open(20);
  const client = createPublicClient({ transport: http(chain.url), cacheTime: 0 });
  const start = await client.getBlockNumber();
  await waitUntil("the chain rests", async () => {
    const before = await client.getBlockNumber();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return (await client.getBlockNumber()) === before;
  });
  expect(Number((await client.getBlockNumber()) - start)).toBeLessThanOrEqual(4);
  await chain.close();
});

it("signs with its wallets for pages of its own only, and shows blocks", async () => {
  const chain = await open();
  const [wallet] = chain.wallets;
  const { address } = privateKeyToAccount(wallet?.key ?? "0x");
  const message = "Line one\nLine two";
  const body = new URLSearchParams({ address, message: message.replace("\n", "\r\n") });
  const response = await fetch(`${chain.url}/sign`, { method: "POST", body });
  const [signature] = /0x[0-9a-f]{130}/.exec(await response.text()) ?? [];
  expect(await recoverMessageAddress({ message, signature: signature as Hex })).toBe(address);

  const headers = { origin: "https://evil.example" };
  expect((await fetch(`${chain.url}/sign`, { method: "POST", body, headers })).status).toBe(403);
  expect((await fetch(chain.url, { method: "POST", body: "{}", headers })).status).toBe(403);
  // As a browser does when the address is typed.
  const page = await (await fetch(chain.url, { headers: { "sec-fetch-site": "none" } })).text();
  expect(page).toContain("Local chain");
  expect(page).toContain(chain.contract);
  await chain.close();
});
