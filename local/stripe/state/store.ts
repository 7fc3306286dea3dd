import type { Clock } from "../../qstash/clock";
import { type Journal, memoryJournal, openJournal } from "../../qstash/journal";
import { StripeApiError } from "../errors";
import type { Change } from "./model";
import { State } from "./state";

/**
 * The state together with its journal. A commit is in memory immediately and on disk once `durable()` resolves. No
 * change may be acknowledged and no event sent before that.
 */
export class Store {
  private constructor(
    readonly state: State,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  static async open(dataDir: string | null, compactAfterBytes: number, clock: Clock): Promise<Store> {
    const state = new State();
    if (dataDir === null) return new Store(state, memoryJournal, clock);
    const source = {
      load: (line: string) => state.load(line),
      replay: (line: string) => {
        const { at, changes } = JSON.parse(line) as { at: number; changes: Change[] };
        for (const change of changes) state.apply(change, at);
      },
      dump: () => state.dump(),
    };
    return new Store(state, await openJournal(dataDir, source, compactAfterBytes), clock);
  }

  /** The current time (unix ms), except that it never runs backwards. */
  now(): number {
    return Math.max(this.clock.now(), this.state.lastAt);
  }

  /**
   * Commits changes atomically: after a crash, all of them or none.
   * @throws {StripeApiError} 503 once a write has failed
   */
  commit(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const at = this.now();
    try {
      if (this.journal !== memoryJournal) this.journal.append(JSON.stringify({ at, changes }));
    } catch (error) {
      throw asUnavailable(error);
    }
    for (const change of changes) this.state.apply(change, at);
  }

  /** @throws {StripeApiError} 503 once a write has failed */
  async durable(): Promise<void> {
    await this.journal.durable().catch((error) => {
      throw asUnavailable(error);
    });
  }

  close(): Promise<void> {
    return this.journal.close();
  }
}

function asUnavailable(error: unknown): StripeApiError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StripeApiError(503, "api_error", `cannot write to the data folder: ${reason}`);
}
