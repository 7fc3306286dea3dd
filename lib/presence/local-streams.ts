/** An open stream of this instance. */
export interface LocalStream {
  readonly userId: string;
  readonly socketId: string;
  state: "online" | "away";
  /** `failed`: Redis has not answered yet, and the next beat registers it. `silent`: the browser no longer answers. */
  status: "registered" | "failed" | "silent";
  /** The user is not among the present ones, because they hide their presence. */
  isHidden: boolean;
  /** Ms. */
  registeredAt: number;
  /** Set while it has closed and waits for its removal, unless the browser opens another one meanwhile. */
  leaving: symbol | null;
  silenceTimer: NodeJS.Timeout | undefined;
}

interface Options {
  beatMs: number;
  /** Delay after a beat that failed. */
  retryMs: number;
  /** Renews the leases of the streams. Throws when Redis does not answer. */
  onBeat: () => Promise<void>;
}

/** The open streams of this instance, and the timer of its beats, which runs while there are any. */
export class LocalStreams {
  private readonly streams = new Map<string, LocalStream>();
  private timer: NodeJS.Timeout | undefined;
  private isBeating = false;

  constructor(private readonly options: Options) {}

  get(socketId: string): LocalStream | undefined {
    return this.streams.get(socketId);
  }

  all(): LocalStream[] {
    return [...this.streams.values()];
  }

  add(stream: LocalStream): void {
    this.streams.set(stream.socketId, stream);
    if (this.timer === undefined && !this.isBeating) this.schedule(this.options.beatMs);
  }

  remove(socketId: string): void {
    clearTimeout(this.streams.get(socketId)?.silenceTimer);
    this.streams.delete(socketId);
    if (this.streams.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(ms: number): void {
    this.timer = setTimeout(() => void this.beat(), ms).unref();
  }

  private async beat(): Promise<void> {
    const { beatMs, retryMs, onBeat } = this.options;
    this.isBeating = true;
    const hasBeaten = await onBeat().then(
      () => true,
      () => false,
    );
    this.isBeating = false;
    this.timer = undefined;
    if (this.streams.size > 0) this.schedule(hasBeaten ? beatMs : retryMs);
  }
}
