/** Traffic of the gateway since it started or was last reset. */
export interface StatsSnapshot {
  /** HTTP requests with a valid token, event streams included. */
  readonly httpRequests: number;
  /** Commands sent by clients, each one in a pipeline or transaction, refused ones included. */
  readonly commands: number;
  /** `commands` by upper-case name. */
  readonly byCommand: Readonly<Record<string, number>>;
  /** Event streams that are open now; not changed by a reset. */
  readonly openStreams: number;
}

/** Counts the traffic of one gateway. Commands that scripts run in the engine are not seen: see command-counter.ts. */
export class GatewayStats {
  #httpRequests = 0;
  #commands = 0;
  #byCommand = new Map<string, number>();
  #openStreams = 0;

  countRequest(): void {
    this.#httpRequests += 1;
  }

  countCommand(name: string): void {
    this.#commands += 1;
    this.#byCommand.set(name, (this.#byCommand.get(name) ?? 0) + 1);
  }

  /** @returns a function to call once when the stream ends */
  countStream(): () => void {
    this.#openStreams += 1;
    return () => {
      this.#openStreams -= 1;
    };
  }

  snapshot(): StatsSnapshot {
    return {
      httpRequests: this.#httpRequests,
      commands: this.#commands,
      byCommand: Object.fromEntries(this.#byCommand),
      openStreams: this.#openStreams,
    };
  }

  reset(): void {
    this.#httpRequests = 0;
    this.#commands = 0;
    this.#byCommand.clear();
  }
}
