import { type ConnectionOptions, EngineConnection } from "./engine-connection";
import type { RedisAddress } from "./redis-address";
import type { Reply } from "./resp/reply";

/**
 * A connection to the engine that reconnects: a request that finds none opens it, and all requests share it. While
 * the engine is down every request tries once and fails immediately; nothing is queued, and no command that may have
 * run is sent again.
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
   * Sends `count` encoded commands; see {@link EngineConnection.sendEncoded}.
   * @throws {EngineDownError} when connecting fails or the connection is lost
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
