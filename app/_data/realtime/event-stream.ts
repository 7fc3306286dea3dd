import { callApi } from "../call-api";
import { handleSessionEnded } from "../session";
import type { TabsPresence } from "./presence-reporter";

/**
 * An event of the browser's event stream, or about the stream. The leader broadcasts it to the other tabs in this
 * format. `at` is the channel's cursor.
 */
export type StreamEvent =
  /** The channel is subscribed to. If not `resumed`, earlier events may be missing. */
  | { type: "joined"; channel: string; at: string; resumed: boolean }
  /** `at` is null for a volatile event. */
  | { type: "event"; channel: string; at: string | null; event: string; data: unknown }
  | { type: "reload"; channel: string; at: string }
  | { type: "denied"; channel: string }
  /** From now on the stream has exactly these channels. */
  | { type: "carries"; channels: string[] }
  /** Whether events arrive at the moment. */
  | { type: "live"; live: boolean }
  | { type: "heartbeat" };

/** The channel's cursor after an event; undefined when the event has none. */
export function cursorAfterEvent(event: StreamEvent): { channel: string; at: string } | undefined {
  if (event.type === "joined" || event.type === "reload") return { channel: event.channel, at: event.at };
  if (event.type === "event" && event.at !== null) return { channel: event.channel, at: event.at };
  return undefined;
}

/** First reconnect delay after the stream was refused or lost; it doubles with each attempt. */
const MIN_RETRY_DELAY_MS = 1_000;
/** Upper limit of the reconnect delay. */
const MAX_RETRY_DELAY_MS = 60_000;
/** Random share of each delay, so that the clients of a stopped instance do not reconnect together. */
const RETRY_JITTER = 0.5;
/** After a `reconnect` event the client waits a random time up to this, so that clients do not return together. */
const RECONNECT_SPREAD_MS = 1_000;
/** More than two heartbeats: a connection silent for this long is dead, even if the browser reports it open. */
export const SILENCE_TIMEOUT_MS = 70_000;
/** Subscription changes within this time share one reconnect: a new page subscribes to several channels. */
const BATCH_DELAY_MS = 50;
/** A shorter interruption, as when a function reaches its time limit, does not count as offline. */
const OFFLINE_GRACE_MS = 4_000;

interface OpenEvent {
  streamId: string;
  /** A server of an older build sends none. */
  answerToken?: string;
  live: boolean;
}

export interface EventStreamOptions {
  /** An anonymous stream is open only while it has subscriptions and a tab is visible. */
  signedIn: boolean;
  /** Subscribed channels with the last known cursor of each; read at each opening. */
  subscriptions(): Map<string, string | null>;
  onEvent(event: StreamEvent): void;
  presence(): TabsPresence;
  /** The stream is open. @param presence  what its address reported */
  onOpen(presence: TabsPresence): void;
  /** Must answer, so that the user counts as online. */
  onHeartbeat(): void;
  /** The presence that the server has of this browser; null when unknown. */
  reported(): TabsPresence | null;
}

/**
 * The event stream of a browser: opened with every known cursor, and reopened from there whenever it ends. It closes
 * permanently when the session ends.
 */
export class EventStream {
  private source: EventSource | undefined;
  private openTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private offlineTimer: ReturnType<typeof setTimeout> | undefined;
  private retryDelayMs = MIN_RETRY_DELAY_MS;
  private readonly openChannels = new Set<string>();
  private id = "";
  private token = "";
  private isIdle = false;
  private isClosed = false;

  constructor(private readonly options: EventStreamOptions) {
    this.open();
  }

  /** Sent with presence reports; empty while no stream is open. */
  get streamId(): string {
    return this.id;
  }

  /** Sent with answers to heartbeats; empty while no stream is open. */
  get answerToken(): string {
    return this.token;
  }

  /** Reopens the stream if its channels differ from the subscriptions. */
  onSubscriptionsChange(): void {
    if (this.isClosed || this.isUpToDate()) return;
    // A reconnect that is already scheduled reads the subscriptions when it runs.
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

  /** Requests a denied channel again. */
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
      // While all tabs are hidden the cursors are kept, so that the stream resumes from them.
      if (subscriptions.size === 0) this.options.onEvent({ type: "carries", channels: [] });
      return;
    }
    const presence = this.options.presence();
    const query = new URLSearchParams(this.options.signedIn ? { state: presence } : { as: "nobody" });
    const reported = this.options.signedIn && this.options.reported();
    if (reported) query.set("reported", reported);
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
        // The browser also fires an `open` event, which has no data.
        if (this.source !== source || typeof data !== "string") return;
        this.restartSilenceTimer();
        handle(JSON.parse(data) as never);
      });
    const { onEvent, onOpen, onHeartbeat } = this.options;
    listen("open", ({ streamId, answerToken = "", live }: OpenEvent) => {
      this.retryDelayMs = MIN_RETRY_DELAY_MS;
      this.id = streamId;
      this.token = answerToken;
      onOpen(presence);
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
    // Lost or refused. The browser's own reconnect would reuse the cursors in the URL, which are outdated.
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      const isRefused = source.readyState === EventSource.CLOSED;
      this.disconnect();
      this.schedule(this.nextRetryDelayMs(), () => void (isRefused ? this.probeAndOpen() : this.open()));
    });
    this.restartSilenceTimer();
  }

  /** An EventSource gives no reason for a refusal. An API call does, and renews an expired access token. */
  private async probeAndOpen(): Promise<void> {
    if (this.isClosed) return;
    if (!this.options.signedIn) return this.open();
    const result = await callApi("/api/presence");
    if (!result.ok && result.failure.code === "unauthenticated") return;
    if (!result.ok && result.failure.retryAfterSeconds)
      this.schedule(result.failure.retryAfterSeconds * 1000, () => this.open());
    else this.open();
  }

  /** Closes the current source; after the grace time the stream counts as not live. */
  private disconnect(): void {
    clearTimeout(this.silenceTimer);
    if (!this.source) return;
    this.source.close();
    this.source = undefined;
    this.id = this.token = "";
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
