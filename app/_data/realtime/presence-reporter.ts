import { sendPresence } from "./send-presence";

/** `online` while any of the browser's tabs is visible. */
export type TabsPresence = "online" | "away";

/** While the user switches tabs, neither is visible for a moment. */
const DEBOUNCE_MS = 250;

interface Options {
  currentPresence(): TabsPresence;
  /** Id of the open stream; empty while none is open. */
  streamId(): string;
}

/**
 * Reports to the server whether any tab is visible: at each heartbeat, and as soon as it changes. The address of a new
 * stream reports it as well.
 */
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

  /** Call when a stream is open. @param reported  the presence in its address, which may have changed since */
  onStreamOpen(reported: TabsPresence): void {
    this.lastReported = reported;
    if (this.options.currentPresence() !== reported) this.report();
  }

  /** Call when this tab or another one became visible or hidden. */
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
