import { type ConnectionOptions, EngineConnection } from "./engine-connection";
import type { RedisAddress } from "./redis-address";
import type { Reply } from "./resp/reply";

/**
 * A connection to the engine that heals: it is opened by the first request that finds none and shared by all.
 * While the engine is down every request tries once and fails at once; nothing is queued for later, and
 * nothing that may have run is sent again.
 */
export class EngineLink {
  #opening: Promise<EngineConnection> | null = null;
  #open: EngineConnection | null = null;
  #closed = false;

  constructor(
    private readonly address: RedisAddress,
    private readonly options: ConnectionOptions = {},
  ) {}

  /**
   * Sends bytes that hold `count` commands; see {@link EngineConnection.sendEncoded}.
   * @throws {EngineDownError} when there is no connection to be had, or it broke
   */
  async sendEncoded(bytes: Buffer, count: number): Promise<Reply[]> {
    const connection = this.#open?.isOpen ? this.#open : await this.#connect();
    return connection.sendEncoded(bytes, count);
  }

  close(): void {
    this.#closed = true;
    this.#open?.close();
  }

  #connect(): Promise<EngineConnection> {
    this.#opening ??= EngineConnection.open(this.address, this.options)
      .then((connection) => {
        this.#open = connection;
        if (this.#closed) connection.close();
        return connection;
      })
      .finally(() => {
        this.#opening = null;
      });
    return this.#opening;
  }
}
