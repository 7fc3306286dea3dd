import { setTimeout as sleep } from "node:timers/promises";
import { EngineConnection } from "./engine-connection";
import type { RedisAddress } from "./redis-address";
import { type Argument, ErrorReply } from "./resp/reply";

export interface ScriptKillerOptions {
  /** Time after which a script counts as endless (ms). Redis accepts a kill after its `busy-reply-threshold`. */
  readonly limitMs?: number;
  /**
   * The engine was started for this gateway and restarts when it ends. A script that has written cannot be killed, so
   * the engine is shut down then; the writes of such a script are not in its files.
   */
  readonly ownsEngine?: boolean;
}

/** Redis' own default threshold. */
const SCRIPT_LIMIT_MS = 5_000;
const KILL_POLL_MS = 100;
/** A server that runs a script answers nothing until its threshold has passed. */
const BUSY_REPLY_TIMEOUT_MS = 10_000;
const SCRIPT_COMMANDS: ReadonlySet<string> = new Set([
  "EVAL",
  "EVALSHA",
  "EVAL_RO",
  "EVALSHA_RO",
  "FCALL",
  "FCALL_RO",
]);

/** Whether an upper-case command runs a script. */
export const runsScript = (name: string): boolean => SCRIPT_COMMANDS.has(name);

/**
 * Stops scripts that do not end, as Upstash limits their time. Without it one such script takes a redis-server away
 * from all clients: it refuses every command, also the PING of a new connection, except the one that kills the script.
 */
export class ScriptKiller {
  #isKilling = false;
  #closed = false;

  constructor(
    private readonly address: RedisAddress,
    private readonly options: ScriptKillerOptions = {},
  ) {}

  /** Returns `running`, and stops the engine's script if that takes longer than the limit. */
  async watch<T>(running: Promise<T>): Promise<T> {
    const timer = setTimeout(() => void this.#killUntilResponsive(), this.options.limitMs ?? SCRIPT_LIMIT_MS);
    timer.unref();
    try {
      return await running;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#closed = true;
  }

  /** A pipeline may contain several endless scripts, and its client may be gone: ends when the engine answers. */
  async #killUntilResponsive(): Promise<void> {
    if (this.#isKilling) return;
    this.#isKilling = true;
    try {
      while (!this.#closed && (await this.#killRunningScript())) await sleep(KILL_POLL_MS);
    } catch {
      // The engine is down or was restarted: the script is gone.
    } finally {
      this.#isKilling = false;
    }
  }

  /** @returns whether the engine was busy @throws {EngineDownError} */
  async #killRunningScript(): Promise<boolean> {
    const connection = await EngineConnection.open(
      { ...this.address, database: 0 },
      { connectTimeoutMs: BUSY_REPLY_TIMEOUT_MS, replyTimeoutMs: BUSY_REPLY_TIMEOUT_MS, ping: false },
    );
    const send = async (...args: Argument[]) => {
      const reply = await connection.send(args);
      return reply instanceof ErrorReply ? reply.message : "";
    };
    try {
      if (!(await send("PING")).startsWith("BUSY")) return false;
      const refusal = await send("SCRIPT", "KILL");
      const finalRefusal = refusal.startsWith("BUSY") ? await send("FUNCTION", "KILL") : refusal;
      if (finalRefusal.startsWith("UNKILLABLE") && this.options.ownsEngine) await send("SHUTDOWN", "NOSAVE");
      return true;
    } finally {
      connection.close();
    }
  }
}
