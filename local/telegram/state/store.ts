import { type Journal, memoryJournal, openJournal } from "../../qstash/journal";
import { BotApiError } from "../errors";
import type { Change } from "./model";
import { State } from "./state";

/**
 * The state together with its journal. A commit is in memory immediately and on disk once `durable()` resolves. No
 * call is answered and no update sent before that.
 */
export class Store {
  private constructor(
    readonly state: State,
    private readonly journal: Journal,
  ) {}

  static async open(dataDir: string | null, compactAfterBytes: number): Promise<Store> {
    const state = new State();
    if (dataDir === null) return new Store(state, memoryJournal);
    const source = {
      load: (line: string) => state.load(line),
      replay: (line: string) => {
        for (const change of JSON.parse(line) as Change[]) state.apply(change);
      },
      dump: () => state.dump(),
    };
    return new Store(state, await openJournal(dataDir, source, compactAfterBytes));
  }

  /**
   * Commits changes atomically: after a crash, all of them or none.
   * @throws {BotApiError} 500 once a write has failed
   */
  commit(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    try {
      if (this.journal !== memoryJournal) this.journal.append(JSON.stringify(changes));
    } catch (error) {
      throw asUnavailable(error);
    }
    for (const change of changes) this.state.apply(change);
  }

  /** @throws {BotApiError} 500 once a write has failed */
  async durable(): Promise<void> {
    if (this.journal === memoryJournal) return;
    await this.journal.durable().catch((error) => {
      throw asUnavailable(error);
    });
  }

  close(): Promise<void> {
    return this.journal.close();
  }
}

function asUnavailable(error: unknown): BotApiError {
  const reason = error instanceof Error ? error.message : String(error);
  return new BotApiError(500, `Internal Server Error: cannot write to the data folder: ${reason}`);
}
