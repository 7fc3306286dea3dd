import { sendPresence } from "./send-presence";

/** Whether any of a browser's tabs is looked at. */
export type Attention = "online" | "away";

/** Between two tabs nobody looks at either for a moment. */
const SETTLE_MS = 250;

interface Options {
  now(): Attention;
  /** Of the stream that is open; empty: none is. */
  streamId(): string;
}

/** Tells the server whether somebody looks at the browser's tabs: at each heartbeat, and as soon as it changes. */
export class AttentionTeller {
  private told: Attention | null = null;
  private settling: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {}

  answer(): void {
    const streamId = this.options.streamId();
    if (streamId === "") return;
    this.told = this.options.now();
    void sendPresence(streamId, this.told);
  }

  /** A tab was turned to, or away from. */
  look(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (this.options.now() !== this.told) this.answer();
    }, SETTLE_MS);
  }

  end(): void {
    clearTimeout(this.settling);
  }
}
