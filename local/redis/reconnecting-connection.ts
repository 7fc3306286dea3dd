import { type ConnectionOptions, EngineConnection } from "./engine-connection";
import type { RedisAddress } from "./redis-address";
import type { Reply } from "./resp/reply";

/**
 * A connection to the engine that heals: it is opened by the first request that finds none and shared by all.
 * While the engine is down every request tries once and fails at once; nothing is queued for later, and
 * nothing that may have run is sent again.
 */
export class ReconnectingConnection {
  #opening: Promise<EngineConnection> | null = null;
  #current: EngineConnection | null = null;
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
    const connection = this.#current?.isOpen ? this.#current : await this.#connect();
    return connection.sendEncoded(bytes, count);
  }

  close(): void {
    this.#closed = true;
    this.#current?.close();
  }

  #connect(): Promise<EngineConnection> {
    this.#opening ??= EngineConnection.open(this.address, this.options)
      .then((connection) => {
        this.#current = connection;
        if (this.#closed) connection.close();
        return connection;
      })
      .finally(() => {
        this.#opening = null;
      });
    return this.#opening;
  }
}
