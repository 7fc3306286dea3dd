import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { describeAddress, type RedisAddress } from "./redis-address";
import { encodeCommand } from "./resp/encode";
import { RespParser } from "./resp/parser";
import { type Argument, ErrorReply, type Reply } from "./resp/reply";

/** The engine is unreachable, or the connection was lost and the outcome of the commands sent on it is unknown. */
export class EngineDownError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EngineDownError";
  }
}

/** The engine refused the connection: wrong password, or no such database. */
export class EngineRefusedError extends EngineDownError {
  constructor(message: string) {
    super(message);
    this.name = "EngineRefusedError";
  }
}

export interface ConnectionOptions {
  /** Time limit of connecting and authenticating together (ms). */
  readonly connectTimeoutMs?: number;
  /** Time limit of a reply (ms), after which the engine counts as hung and the connection is closed. */
  readonly replyTimeoutMs?: number;
  /** False skips the check whether the engine answers, which it refuses while a script runs too long. */
  readonly ping?: boolean;
}

/** Loopback connects immediately; a remote Redis needs time for a TLS handshake. */
const CONNECT_TIMEOUT_MS = 2_000;
/** Longer than any reasonable command takes, shorter than HTTP clients wait for a response. */
const REPLY_TIMEOUT_MS = 10_000;
const CHECKS_PER_TIMEOUT = 10;

interface PendingReply {
  readonly replies: Reply[];
  readonly count: number;
  readonly sentAt: number;
  readonly resolve: (replies: Reply[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One pipelined connection, shared by many callers. Commands sent in one turn of the event loop go out in one write,
 * and replies are matched by order. Nothing is sent twice: when the connection breaks, every pending caller gets an
 * {@link EngineDownError} and decides whether to retry.
 */
export class EngineConnection {
  /** Resolves with the reason when the connection is closed. Never rejects. */
  readonly closed: Promise<EngineDownError>;
  #pending: PendingReply[] = [];
  #firstPending = 0;
  #writeBuffer: Buffer[] = [];
  #failure: EngineDownError | null = null;
  #onPush: ((reply: Reply) => void) | null = null;
  #resolveClosed: (error: EngineDownError) => void = () => {};
  readonly #watchdog: NodeJS.Timeout;

  private constructor(
    private readonly socket: Socket,
    private readonly endpoint: string,
    replyTimeoutMs: number,
  ) {
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const parser = new RespParser((reply) => this.#receive(reply));
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      try {
        parser.push(chunk);
      } catch (error) {
        this.#fail(new EngineDownError(`${endpoint} does not answer like Redis`, { cause: error }));
      }
    });
    socket.on("error", (error) => this.#fail(unreachableError(endpoint, error)));
    socket.on("close", () => this.#fail(new EngineDownError(`${endpoint} closed the connection`)));
    this.#watchdog = setInterval(() => {
      const oldest = this.#pending[this.#firstPending];
      if (oldest === undefined || performance.now() - oldest.sentAt < replyTimeoutMs) return;
      this.#fail(new EngineDownError(`${endpoint} did not answer within ${replyTimeoutMs} ms`));
    }, replyTimeoutMs / CHECKS_PER_TIMEOUT);
    this.#watchdog.unref();
  }

  /**
   * Connects, authenticates and selects the database.
   * @throws {EngineRefusedError} wrong password or database
   * @throws {EngineDownError} unreachable, or no answer in time
   */
  static async open(address: RedisAddress, options: ConnectionOptions = {}): Promise<EngineConnection> {
    const endpoint = describeAddress(address);
    const timeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    const socket = address.tls
      ? connectTls({ host: address.host, port: address.port, servername: address.host })
      : connectTcp({ host: address.host, port: address.port });
    const connection = new EngineConnection(socket, endpoint, options.replyTimeoutMs ?? REPLY_TIMEOUT_MS);
    const connectTimer = setTimeout(
      () => connection.#fail(new EngineDownError(`${endpoint} did not answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    try {
      for (const [args, problem] of handshake(address, options.ping ?? true)) {
        const reply = await connection.send(args);
        if (!(reply instanceof ErrorReply)) continue;
        connection.close();
        throw new EngineRefusedError(`${endpoint} ${problem}: ${reply.message}`);
      }
      return connection;
    } finally {
      clearTimeout(connectTimer);
    }
  }

  get isOpen(): boolean {
    return this.#failure === null;
  }

  /** Sends one command. An error reply is returned, not thrown. */
  async send(args: readonly Argument[]): Promise<Reply> {
    const [reply] = await this.sendEncoded(encodeCommand(args), 1);
    return reply ?? null;
  }

  /**
   * Sends `count` encoded commands and resolves with their replies in order. No other caller's command runs between
   * them on this connection.
   * @throws {EngineDownError} when the connection is lost; whether the commands ran is then unknown
   */
  sendEncoded(bytes: Buffer, count: number): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#pending.push({ replies: [], count, sentAt: performance.now(), resolve, reject });
      if (this.#writeBuffer.push(bytes) === 1) setImmediate(() => this.#flush());
    });
  }

  /**
   * Sends SUBSCRIBE or MONITOR as `args` and passes every later frame to `onPush`. The connection takes no more
   * commands.
   */
  stream(args: readonly Argument[], onPush: (reply: Reply) => void): void {
    this.#onPush = onPush;
    this.socket.write(encodeCommand(args));
  }

  /** Stops reading, so that the backlog of a slow consumer stays in the engine. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Closes the connection. Pending callers get an {@link EngineDownError}. */
  close(): void {
    this.#fail(new EngineDownError(`the connection to ${this.endpoint} was closed`));
  }

  #flush(): void {
    if (this.#failure !== null) return;
    const [only] = this.#writeBuffer;
    const bytes =
      this.#writeBuffer.length === 1 && only !== undefined ? only : Buffer.concat(this.#writeBuffer);
    this.#writeBuffer = [];
    this.socket.write(bytes);
  }

  #receive(reply: Reply): void {
    if (this.#onPush !== null) {
      this.#onPush(reply);
      return;
    }
    const pending = this.#pending[this.#firstPending];
    if (pending === undefined) {
      this.#fail(new EngineDownError(`${this.endpoint} sent a reply nobody asked for`));
      return;
    }
    pending.replies.push(reply);
    if (pending.replies.length < pending.count) return;
    this.#firstPending += 1;
    if (this.#firstPending === this.#pending.length) {
      this.#pending = [];
      this.#firstPending = 0;
    }
    pending.resolve(pending.replies);
  }

  #fail(error: EngineDownError): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    clearInterval(this.#watchdog);
    this.socket.destroy();
    for (const pending of this.#pending.slice(this.#firstPending)) pending.reject(error);
    this.#pending = [];
    this.#firstPending = 0;
    this.#writeBuffer = [];
    this.#resolveClosed(error);
  }
}

function handshake(address: RedisAddress, ping: boolean): [args: string[], problem: string][] {
  const steps: [string[], string][] = [];
  if (address.password !== null) {
    const user = address.username === null ? [] : [address.username];
    steps.push([["AUTH", ...user, address.password], "refused the password"]);
  }
  if (address.database !== 0) {
    steps.push([["SELECT", String(address.database)], `has no database ${address.database}`]);
  }
  // Detects a server that accepts connections and never answers, or that requires a password.
  if (ping) steps.push([["PING"], "refused a PING"]);
  return steps;
}

function unreachableError(endpoint: string, error: NodeJS.ErrnoException): EngineDownError {
  return new EngineDownError(`${endpoint} is unreachable: ${error.code ?? error.message}`, { cause: error });
}
