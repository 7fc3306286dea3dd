import { applyRecord } from "./apply-record";
import type { Clock } from "./clock";
import { ApiError } from "./errors";
import { type Journal, memoryJournal, openJournal } from "./journal";
import type { MessageSpec } from "./model";
import type { Limits } from "./options";
import type { JournalRecord } from "./records";
import { State } from "./state";

type WithoutTime<T> = T extends unknown ? Omit<T, "at"> : never;
/** A record without its time, which the store adds. */
export type Change = WithoutTime<JournalRecord>;

/**
 * The state together with its journal. A commit is in memory immediately and on disk once `durable()` resolves. No
 * change may be acknowledged and no message sent before that.
 */
export class Store {
  /** Called with the ids of accepted messages once they are on disk. */
  onAccepted: (ids: string[]) => void = () => {};

  private constructor(
    readonly state: State,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  static async open(dataDir: string | null, limits: Limits, clock: Clock): Promise<Store> {
    const state = new State(limits);
    const journal =
      dataDir === null
        ? memoryJournal
        : await openJournal(
            dataDir,
            {
              load: state.loader(),
              replay: (json) => {
                for (const record of JSON.parse(json) as JournalRecord[]) applyRecord(state, record);
              },
              dump: () => state.dump(),
            },
            limits.compactAfterBytes,
          );
    return new Store(state, journal, clock);
  }

  /** The current time (unix ms), except that it never runs backwards: records stay in time order. */
  now(): number {
    return Math.max(this.clock.now(), this.state.lastAt);
  }

  /**
   * Commits changes atomically: after a crash, all of them or none.
   * @throws {ApiError} 503 once a write has failed
   */
  commit(...changes: Change[]): void {
    if (changes.length === 0) return;
    const at = this.now();
    const records = changes.map((change) => ({ ...change, at }) as JournalRecord);
    try {
      this.journal.append(JSON.stringify(records));
    } catch (error) {
      throw asUnavailable(error);
    }
    const accepted: MessageSpec[] = [];
    for (const record of records) {
      applyRecord(this.state, record);
      if (record.t === "created") accepted.push(record.message);
    }
    if (accepted.length === 0) return;
    this.durable().then(
      () => this.onAccepted(accepted.map((message) => message.id)),
      () => {}, // the disk failed: callers of durable() get the error, and nothing is sent
    );
  }

  async durable(): Promise<void> {
    await this.journal.durable().catch((error) => {
      throw asUnavailable(error);
    });
  }

  close(): Promise<void> {
    return this.journal.close();
  }
}

const asUnavailable = (error: unknown): ApiError =>
  new ApiError(503, `cannot write to the data folder: ${error instanceof Error ? error.message : error}`);
