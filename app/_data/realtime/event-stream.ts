import { callApi } from "../call-api";
import { handleSessionEnded } from "../session";
import type { TabsPresence } from "./presence-reporter";
import type { StreamEvent } from "./stream-event";

/** Refused or cut: asked again after this, then after twice as long each time, */
const MIN_RETRY_DELAY_MS = 1_000;
/** up to this. */
const MAX_RETRY_DELAY_MS = 60_000;
/** Of each wait, so much is chance: the browsers of an instance that ended do not come back as one. */
const RETRY_JITTER = 0.5;
/** Asked to come back, a browser does so within this: not all those of an instance at once. */
const RECONNECT_SPREAD_MS = 1_000;
/** Two heartbeats and some: a connection that says nothing for so long is dead, whatever the browser believes. */
export const SILENCE_TIMEOUT_MS = 40_000;
/** Changes of what is wanted that are made within this are one: a page that opens follows several channels. */
const BATCH_DELAY_MS = 50;
/** Cut for a moment, as when a function has reached its time limit, nothing is out of date yet. */
const OFFLINE_GRACE_MS = 4_000;

export interface EventStreamOptions {
  /**
   * Whoever is not listens to what is public, and has a stream while there is something of that to hear and somebody
   * looks at it.
   */
  signedIn: boolean;
  /** The channels that are wanted, with the last that is known of each; asked at each opening. */
  subscriptions(): Map<string, string | null>;
  onEvent(event: StreamEvent): void;
  presence(): TabsPresence;
  /** To be answered, so that the person counts as here. */
  onHeartbeat(): void;
}

/**
 * The event stream of a browser: opened with every cursor that is known, and opened again, from there on, whenever
 * it ends. Ends itself for good when the session is over.
 */
export class EventStream {
  private source: EventSource | undefined;
  private openTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private offlineTimer: ReturnType<typeof setTimeout> | undefined;
  private retryDelayMs = MIN_RETRY_DELAY_MS;
  private readonly openChannels = new Set<string>();
  private id = "";
  private isIdle = false;
  private isClosed = false;

  constructor(private readonly options: EventStreamOptions) {
    this.open();
  }

  /** What heartbeats are answered with; empty while none is open. */
  get streamId(): string {
    return this.id;
  }

  /** Another set of channels is wanted. */
  onSubscriptionsChange(): void {
    if (this.isClosed || this.isUpToDate()) return;
    // One that waits to be opened is opened with what is wanted then.
    if (this.source || this.isIdle) this.schedule(BATCH_DELAY_MS, () => this.isUpToDate() || this.open());
  }

  private isUpToDate(): boolean {
    const subscriptions = this.options.subscriptions();
    if (this.isIdle || this.shouldIdle(subscriptions)) return this.isIdle === this.shouldIdle(subscriptions);
    return (
      subscriptions.size === this.openChannels.size &&
      [...subscriptions.keys()].every((channel) => this.openChannels.has(channel))
    );
  }

  private shouldIdle(subscriptions: ReadonlyMap<string, unknown>): boolean {
    return !this.options.signedIn && (subscriptions.size === 0 || this.options.presence() === "away");
  }

  /** A channel that was denied is asked for once more. */
  retryChannel(channel: string): void {
    this.openChannels.delete(channel);
    this.onSubscriptionsChange();
  }

  close(): void {
    this.isClosed = true;
    this.disconnect();
    clearTimeout(this.openTimer);
    clearTimeout(this.offlineTimer);
  }

  private open(): void {
    this.disconnect();
    if (this.isClosed) return;
    const subscriptions = this.options.subscriptions();
    this.openChannels.clear();
    this.isIdle = this.shouldIdle(subscriptions);
    if (this.isIdle) {
      // While nobody looks the places are kept: it goes on from there.
      if (subscriptions.size === 0) this.options.onEvent({ type: "carries", channels: [] });
      return;
    }
    const query = new URLSearchParams(
      this.options.signedIn ? { state: this.options.presence() } : { as: "nobody" },
    );
    for (const [channel, after] of subscriptions) {
      this.openChannels.add(channel);
      query.append("channel", channel);
      query.append("after", after ?? "");
    }
    this.options.onEvent({ type: "carries", channels: [...subscriptions.keys()] });
    const source = new EventSource(`/api/realtime?${query.toString()}`);
    this.source = source;
    const listen = (event: string, handle: (data: never) => void) =>
      source.addEventListener(event, ({ data }: MessageEvent<unknown>) => {
        // The browser has an event of its own that is called `open`, and brings nothing.
        if (this.source !== source || typeof data !== "string") return;
        this.restartSilenceTimer();
        handle(JSON.parse(data) as never);
      });
    const { onEvent, onHeartbeat } = this.options;
    listen("open", ({ streamId, live }: { streamId: string; live: boolean }) => {
      this.retryDelayMs = MIN_RETRY_DELAY_MS;
      this.id = streamId;
      onHeartbeat();
      this.emitLive(live);
    });
    listen("joined", (data: { channel: string; at: string; resumed: boolean }) =>
      onEvent({ type: "joined", ...data }),
    );
    listen("event", (data: { channel: string; at?: string; event: string; data: unknown }) =>
      onEvent({ type: "event", at: null, ...data }),
    );
    listen("reload", (data: { channel: string; at: string }) => onEvent({ type: "reload", ...data }));
    listen("denied", (data: { channel: string }) => onEvent({ type: "denied", ...data }));
    listen("live", ({ live }: { live: boolean }) => this.emitLive(live));
    listen("heartbeat", ({ live }: { live: boolean }) => {
      onEvent({ type: "heartbeat" });
      this.emitLive(live);
      onHeartbeat();
    });
    listen("reconnect", () => {
      this.disconnect();
      this.schedule(RECONNECT_SPREAD_MS * Math.random(), () => this.open());
    });
    listen("session-ended", () => {
      this.close();
      handleSessionEnded();
    });
    // Lost, or refused. Its own attempts would go back to the cursors of now.
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      const isRefused = source.readyState === EventSource.CLOSED;
      this.disconnect();
      this.schedule(this.nextRetryDelayMs(), () => void (isRefused ? this.probeAndOpen() : this.open()));
    });
    this.restartSilenceTimer();
  }

  /** Why it was refused an EventSource does not say. A call does, and renews the access token if it is too old. */
  private async probeAndOpen(): Promise<void> {
    if (this.isClosed) return;
    if (!this.options.signedIn) return this.open();
    const result = await callApi("/api/presence", "done");
    if (!result.ok && result.failure.code === "unauthenticated") return;
    if (!result.ok && result.failure.retryAfterSeconds)
      this.schedule(result.failure.retryAfterSeconds * 1000, () => this.open());
    else this.open();
  }

  /** What is there is let go; events do not come for now. */
  private disconnect(): void {
    clearTimeout(this.silenceTimer);
    if (!this.source) return;
    this.source.close();
    this.source = undefined;
    this.id = "";
    this.offlineTimer ??= setTimeout(
      () => this.options.onEvent({ type: "live", live: false }),
      OFFLINE_GRACE_MS,
    );
  }

  private emitLive(live: boolean): void {
    clearTimeout(this.offlineTimer);
    this.offlineTimer = undefined;
    this.options.onEvent({ type: "live", live });
  }

  private restartSilenceTimer(): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.open(), SILENCE_TIMEOUT_MS);
  }

  private schedule(ms: number, work: () => void): void {
    clearTimeout(this.openTimer);
    this.openTimer = setTimeout(work, ms);
  }

  private nextRetryDelayMs(): number {
    const delayMs = this.retryDelayMs * (1 - RETRY_JITTER * Math.random());
    this.retryDelayMs = Math.min(this.retryDelayMs * 2, MAX_RETRY_DELAY_MS);
    return delayMs;
  }
}
