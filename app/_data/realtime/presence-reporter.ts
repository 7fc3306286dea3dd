import { answerHeartbeat, sendPresence } from "./send-presence";

/** `online` while any of the browser's tabs is visible. */
export type TabsPresence = "online" | "away";

/** While the user switches tabs, neither is visible for a moment. */
const DEBOUNCE_MS = 250;

interface Options {
  currentPresence(): TabsPresence;
  /** Id of the open stream; empty while none is open. */
  streamId(): string;
  answerToken(): string;
}

/**
 * Answers each heartbeat, and reports to the server whether any tab is visible as soon as it changes. The address of a
 * new stream reports it as well.
 */
export class PresenceReporter {
  /** Null: the server may not have it. */
  private lastReported: TabsPresence | null = null;
  private debounceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {}

  /** What the server has of this browser. */
  get reported(): TabsPresence | null {
    return this.lastReported;
  }

  /** A report is an answer too. A server of an older build has no token, and no answers. */
  onHeartbeat(): void {
    const token = this.options.answerToken();
    if (token !== "" && this.lastReported === this.options.currentPresence()) void answerHeartbeat(token);
    else void this.report();
  }

  private async report(): Promise<void> {
    const streamId = this.options.streamId();
    if (streamId === "") return;
    const presence = this.options.currentPresence();
    this.lastReported = presence;
    if (!(await sendPresence(streamId, presence)) && this.lastReported === presence) this.lastReported = null;
  }

  /** Call when a stream is open. @param reported  the presence in its address, which may have changed since */
  onStreamOpen(reported: TabsPresence): void {
    this.lastReported = reported;
    if (this.options.currentPresence() !== reported) void this.report();
  }

  /** Call when this tab or another one became visible or hidden. */
  onVisibilityChange(): void {
    clearTimeout(this.debounceTimer);
    this.debounceTimer = setTimeout(() => {
      if (this.options.currentPresence() !== this.lastReported) void this.report();
    }, DEBOUNCE_MS);
  }

  stop(): void {
    clearTimeout(this.debounceTimer);
  }
}
