import type { IncomingMessage, ServerResponse } from "node:http";
import type { Address, Hex } from "viem";
import { keccak256 } from "viem";
import { isCrossOrigin, isLocalHostHeader } from "../http/same-origin";
import { listen, readBody, sendJson } from "../http/server";
import { ChainNode } from "./chain-node";
import type { ChainContext } from "./context";
import { sendChainPage } from "./page";
import { sendSignature, type Wallet } from "./sign-page";

export interface ChainOptions {
  /** Of the JSON-RPC and the page; 0 picks a free one. */
  port?: number;
  /** Of the node behind it; 0 picks a free one. */
  nodePort?: number;
  /** Folder in which the chain survives a restart; null keeps it in memory. */
  dataDir: string | null;
  administratorKey: Hex;
  minterKey: Hex;
  /** From a transaction's own block on; `MINT_CONFIRMATIONS` of the app. */
  confirmations?: number;
  /** Between two blocks while there is something to confirm; 0: only `evm_mine` makes blocks. */
  blockIntervalMs?: number;
}

export interface RunningChain {
  /** For `CHAIN_RPC_URL`; opened in a browser, the page with blocks and tokens. */
  readonly url: string;
  readonly chainId: number;
  readonly contract: Address;
  readonly node: ChainNode;
  /** Accounts to mint to, whose messages the page signs. */
  readonly wallets: readonly Wallet[];
  /** Stops the node, which keeps its state. Safe to call twice. */
  close(): Promise<void>;
}

/** Foundry's own, which wallets know as a development network. */
export const LOCAL_CHAIN_ID = 31_337;
export const LOCAL_CONFIRMATIONS = 3;
const BLOCK_INTERVAL_MS = 1_000;
const MAX_BODY_BYTES = 1_048_576;
const WALLETS = 3;

/**
 * Serves an EVM chain on loopback: JSON-RPC by a real node (Anvil), which the first call starts, and a page. Blocks are
 * made while a transaction waits to be final, so a chain at rest does not grow.
 *
 * @throws {PortTakenError}
 */
export async function startChain(options: ChainOptions): Promise<RunningChain> {
  const { dataDir, administratorKey, minterKey, confirmations = LOCAL_CONFIRMATIONS } = options;
  const node = new ChainNode({
    ...{ dataDir, administratorKey, minterKey },
    port: options.nodePort ?? 0,
    chainId: LOCAL_CHAIN_ID,
    blocksAfterTransaction: confirmations + 1,
    blockIntervalMs: options.blockIntervalMs ?? BLOCK_INTERVAL_MS,
  });
  const wallets = createWallets(minterKey);
  const http = await listen("chain", options.port ?? 0, (request, response) => {
    handle({ node, wallets }, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 502, { error: String(error) });
    });
  });
  return {
    ...{ url: http.url, chainId: LOCAL_CHAIN_ID, contract: node.contract, node, wallets },
    close: async () => {
      await http.close();
      await node.stop();
    },
  };
}

/** The same after every start, and of this machine only. */
function createWallets(seed: Hex): Wallet[] {
  return Array.from({ length: WALLETS }, (_, index) => ({
    name: `Wallet ${index + 1}`,
    key: keccak256(`${seed}${index.toString(16).padStart(2, "0")}`),
  }));
}

async function handle(
  context: ChainContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A page of another site must neither send transactions nor have messages signed.
  if (!isLocalHostHeader(request) || (request.method === "POST" && isCrossOrigin(request)))
    return sendJson(response, 403, { error: "this server is for programs on this machine" });
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  if (request.method === "POST" && pathname === "/sign")
    return sendSignature(context.wallets, await readBody(request, MAX_BODY_BYTES), response);
  if (request.method === "POST") return forward(context.node, request, response);
  if (pathname !== "/") return sendJson(response, 404, { error: "not found" });
  return sendChainPage(context, request, response);
}

async function forward(node: ChainNode, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, MAX_BODY_BYTES);
  const url = await node.url();
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new Uint8Array(body),
  });
  const text = Buffer.from(await answer.arrayBuffer());
  if (body.includes('"eth_sendRawTransaction"')) node.keepMining();
  response.writeHead(answer.status, { "content-type": "application/json", "content-length": text.length });
  response.end(text);
}
