import type { IncomingMessage, ServerResponse } from "node:http";
import { createPublicClient, formatEther, http, parseAbi } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { sendDashboard, type Table, timeCell } from "../http/dashboard";
import { html } from "../http/html";
import type { ChainContext } from "./context";
import { signForm } from "./sign-page";

const abi = parseAbi([
  "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
  "function tokenURI(uint256 tokenId) view returns (string)",
]);
const MAX_ROWS = 20;

/** The page of the local chain: blocks, tokens, and a form that signs as one of its wallets. Starts the node. */
export async function sendChainPage(
  { node, wallets }: ChainContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const client = createPublicClient({ transport: http(await node.url()), cacheTime: 0 });
  const head = await client.getBlockNumber();
  const [transfers, balance, blocks] = await Promise.all([
    client.getContractEvents({ abi, address: node.contract, eventName: "Transfer", fromBlock: 0n }),
    client.getBalance({ address: privateKeyToAccount(node.options.minterKey).address }),
    Promise.all(
      Array.from({ length: Math.min(MAX_ROWS, Number(head) + 1) }, (_, back) =>
        client.getBlock({ blockNumber: head - BigInt(back) }),
      ),
    ),
  ]);
  const newest = transfers.reverse().slice(0, MAX_ROWS);
  const tokens = await Promise.all(
    newest.map(async ({ args: { to = "0x", tokenId = 0n }, transactionHash, blockNumber }) => {
      const uri = await client.readContract({
        ...{ abi, address: node.contract, functionName: "tokenURI", args: [tokenId] },
      });
      return [
        html`<code class="id">${String(tokenId)}</code>`,
        html`<code>${to}</code>`,
        html`<a href="${uri}" rel="noreferrer">metadata</a>`,
        html`<code class="id">${transactionHash}</code>`,
        html`${String(blockNumber)}`,
      ];
    }),
  );
  const tables: Record<string, Table> = {
    Tokens: {
      head: ["Token", "Owner", "Metadata", "Transaction", "Block"],
      rows: tokens,
      total: transfers.length,
      empty: "No track was minted yet.",
    },
    Blocks: {
      head: ["Number", "Time", "Hash", "Transactions", "Gas"],
      rows: blocks.map(({ number, timestamp, hash, transactions, gasUsed }) => [
        html`${String(number)}`,
        timeCell(Number(timestamp) * 1_000),
        html`<code class="id">${hash}</code>`,
        html`${transactions.length}`,
        html`${String(gasUsed)}`,
      ]),
      total: Number(head) + 1,
      empty: "No blocks.",
    },
  };
  sendDashboard(request, response, {
    title: "Local chain",
    facts: { Network: node.options.chainId, Block: Number(head), Tokens: transfers.length },
    note: html`<p>Contract <code>${node.contract}</code>; the account that mints has ${formatEther(balance)} coins.</p>
${signForm(wallets)}`,
    tables,
  });
}
