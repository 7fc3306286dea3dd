import { sendPresence } from "./send-presence";

/** Whether any of a browser's tabs is looked at. */
export type TabsPresence = "online" | "away";

/** Between two tabs nobody looks at either for a moment. */
const DEBOUNCE_MS = 250;

interface Options {
  currentPresence(): TabsPresence;
  /** Of the stream that is open; empty: none is. */
  streamId(): string;
}

/** Tells the server whether somebody looks at the browser's tabs: at each heartbeat, and as soon as it changes. */
export class PresenceReporter {
  private lastReported: TabsPresence | null = null;
  private debounceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {}

  report(): void {
    const streamId = this.options.streamId();
    if (streamId === "") return;
    this.lastReported = this.options.currentPresence();
    void sendPresence(streamId, this.lastReported);
  }

  /** A tab was turned to, or away from. */
  onVisibilityChange(): void {
    clearTimeout(this.debounceTimer);
    this.debounceTimer = setTimeout(() => {
      if (this.options.currentPresence() !== this.lastReported) this.report();
    }, DEBOUNCE_MS);
  }

  stop(): void {
    clearTimeout(this.debounceTimer);
  }
}
