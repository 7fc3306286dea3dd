import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { firstLine } from "../process/first-line";
import { type GuardedProcess, spawnGuarded } from "../process/spawn-guarded";

export interface AnvilOptions {
  port: number;
  chainId: number;
  /** File that keeps the state over restarts; null keeps it in memory. */
  stateFile: string | null;
}

export interface Anvil {
  readonly url: string;
  readonly process: GuardedProcess;
}

const START_TIMEOUT_MS = 20_000;
const START_POLL_MS = 25;
/** A killed node loses the blocks of so long at most, as a reorganisation does. */
const STATE_INTERVAL_SECONDS = 2;
const STOP_GRACE_MS = 10_000;
const MAX_OUTPUT_LINES = 20;

/** The path of Foundry's node, which npm installs for this platform. @throws when there is none for it */
function findAnvil(): string {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const name = `anvil-${process.platform}-${architecture}`;
  const file = process.platform === "win32" ? "anvil.exe" : "anvil";
  return createRequire(import.meta.url).resolve(`@foundry-rs/${name}/bin/${file}`);
}

/**
 * Starts an EVM node on loopback that makes blocks only on request (`evm_mine`), and waits until it answers. It
 * ends with this process, however that ends.
 */
export async function startAnvil({ port, chainId, stateFile }: AnvilOptions): Promise<Anvil> {
  const output: string[] = [];
  const state = stateFile === null ? [] : ["--state", stateFile];
  const guarded = await spawnGuarded({
    command: findAnvil(),
    args: [
      ...["--host", "127.0.0.1", "--port", String(port), "--chain-id", String(chainId)],
      // A node of its own: no accounts with published keys.
      ...["--accounts", "0", "--no-mining", "--hardfork", "cancun"],
      ...state,
      ...(stateFile === null
        ? []
        : ["--state-interval", String(STATE_INTERVAL_SECONDS), "--preserve-historical-states"]),
    ],
    // Writes its state, which SIGTERM does not wait for.
    stopSignal: "SIGINT",
    graceMs: STOP_GRACE_MS,
    onLine: (line) => {
      output.push(line);
      if (output.length > MAX_OUTPUT_LINES) output.shift();
    },
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(url, guarded);
  } catch (error) {
    await guarded.stop();
    throw new Error(`the chain's node did not start: ${firstLine(error)}\n${output.join("\n")}`, {
      cause: error,
    });
  }
  return { url, process: guarded };
}

async function waitUntilReady(url: string, guarded: GuardedProcess): Promise<void> {
  let hasExited = false;
  void guarded.exited.then(() => {
    hasExited = true;
  });
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (hasExited) throw new Error("it ended");
    try {
      await callNode(url, "eth_chainId", []);
      return;
    } catch {
      await sleep(START_POLL_MS);
    }
  }
  throw new Error("it does not answer");
}

/** One JSON-RPC call. @throws with the node's message */
export async function callNode(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}
