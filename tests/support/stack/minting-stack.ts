import { afterAll } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import type { RunningChain } from "@/local/chain";
import { chainReader, createMintingArtist, startTestChain } from "@/tests/support/factories/minting";
import { type RpcProxy, startRpcProxy } from "@/tests/support/proxies/rpc-proxy";
import { startIsolatedBackends } from "./isolated-backends";

interface MintingStack {
  chain: RunningChain;
  /** Between the app and the chain; tests and `reader` reach the chain without it. */
  proxy: RpcProxy;
  /** A client that knows nothing of the app. */
  reader: ReturnType<typeof chainReader>;
  /** May mint. */
  artist: Caller;
}

/**
 * Starts the backends and the chain of one file, and stops them after its last test. Call it at the top of the file: the
 * environment points there from then on.
 *
 * @param dataDir  folder in which the chain survives its node; by default none
 */
export async function startMintingStack({
  chainTimeoutMs = 2_000,
  ...options
}: {
  dataDir?: string;
  chainTimeoutMs?: number;
} = {}): Promise<MintingStack> {
  const backends = await startIsolatedBackends();
  const chain = await startTestChain(options);
  const proxy = await startRpcProxy(() => chain.url, 3 * chainTimeoutMs);
  Object.assign(process.env, { CHAIN_RPC_URL: proxy.url, CHAIN_TIMEOUT_MS: String(chainTimeoutMs) });
  afterAll(async () => {
    await (await import("@/lib/db")).disconnectDb();
    await proxy.close();
    await chain.close();
    await backends.stop();
  });
  return { chain, proxy, reader: chainReader(chain), artist: await createMintingArtist() };
}
