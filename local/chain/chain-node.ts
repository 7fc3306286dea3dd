import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import path from "node:path";
import { type Address, getContractAddress, type Hex, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { deployContract } from "../../contracts/deploy";
import { type Anvil, callNode, startAnvil } from "./anvil";

export interface ChainNodeOptions {
  /** Of the node itself; 0 picks a free one. */
  port: number;
  chainId: number;
  dataDir: string | null;
  administratorKey: Hex;
  minterKey: Hex;
  /** Blocks that are made after a transaction, so that it becomes final. */
  blocksAfterTransaction: number;
  /** Between two blocks while there is something to confirm; 0: the caller makes the blocks. */
  blockIntervalMs: number;
}

/** Enough for every mint of a laptop's life. */
const BALANCE_WEI = 10n ** 21n;

/** The node of the local chain, started by the first call, with the contract deployed. */
export class ChainNode {
  readonly contract: Address;
  #anvil: Promise<Anvil> | undefined;
  #blocksLeft: number;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(readonly options: ChainNodeOptions) {
    this.#blocksLeft = options.blocksAfterTransaction;
    // Known before the node runs: the administrator's first transaction deploys it.
    this.contract = getContractAddress({
      from: privateKeyToAccount(options.administratorKey).address,
      nonce: 0n,
    });
  }

  get isRunning(): boolean {
    return this.#anvil !== undefined;
  }

  /** Its address; starts it if it does not run. */
  async url(): Promise<string> {
    return (await this.#start()).url;
  }

  /** The pid of the node; for tests that kill it. */
  async pid(): Promise<number> {
    return (await this.#start()).process.pid;
  }

  async call(method: string, params: readonly unknown[] = []): Promise<unknown> {
    return callNode(await this.url(), method, params);
  }

  /** Makes blocks until a transaction of now is final. */
  keepMining(): void {
    this.#blocksLeft = this.options.blocksAfterTransaction;
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const anvil = await this.#anvil?.catch(() => undefined);
    await anvil?.process.stop();
  }

  #start(): Promise<Anvil> {
    if (this.#isClosed) return Promise.reject(new Error("the chain is closed"));
    this.#anvil ??= this.#launch().catch((error: unknown) => {
      this.#anvil = undefined;
      throw error;
    });
    return this.#anvil;
  }

  async #launch(): Promise<Anvil> {
    const { chainId, dataDir } = this.options;
    const port = this.options.port === 0 ? await freePort() : this.options.port;
    if (dataDir !== null) await mkdir(dataDir, { recursive: true });
    const stateFile = dataDir === null ? null : path.join(dataDir, "state.json");
    const anvil = await startAnvil({ port, chainId, stateFile });
    void anvil.process.exited.then(() => {
      // The next call starts it again.
      this.#anvil = undefined;
    });
    await this.#deploy(anvil);
    this.#blocksLeft = this.options.blocksAfterTransaction;
    this.#schedule();
    return anvil;
  }

  async #deploy({ url }: Anvil): Promise<void> {
    if ((await callNode(url, "eth_getCode", [this.contract, "latest"])) !== "0x") return;
    const { administratorKey, minterKey, chainId } = this.options;
    const administrator = privateKeyToAccount(administratorKey).address;
    const minter = privateKeyToAccount(minterKey).address;
    for (const account of [administrator, minter])
      await callNode(url, "anvil_setBalance", [account, toHex(BALANCE_WEI)]);
    await deployContract({
      ...{ rpcUrl: url, chainId, deployerKey: administratorKey, administrator, minter },
      onSent: () => callNode(url, "evm_mine", []),
    });
  }

  #schedule(): void {
    const { blockIntervalMs } = this.options;
    if (blockIntervalMs === 0 || this.#isClosed || this.#timer || this.#blocksLeft <= 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#blocksLeft--;
      // A node that ended is started by the next call.
      void this.#anvil?.then(({ url }) => callNode(url, "evm_mine", [])).catch(() => {});
      this.#schedule();
    }, blockIntervalMs);
    this.#timer.unref();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
