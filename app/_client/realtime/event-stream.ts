import { onSessionEnded, renewSession } from "../session";
import type { Said } from "./said";

/** Refused or cut: asked again after this, then after twice as long each time, */
const FIRST_RETRY_MS = 1_000;
/** up to this. */
const LONGEST_RETRY_MS = 60_000;
/** Of each wait, so much is chance: the browsers of an instance that ended do not come back as one. */
const JITTER = 0.5;
/** Two heartbeats and some: a connection that says nothing for so long is dead, whatever the browser believes. */
export const SILENCE_MS = 40_000;
/** Changes of what is wanted that are made within this are one: a page that opens follows several channels. */
const GATHER_MS = 50;
/** Cut for a moment, as when a function has reached its time limit, nothing is out of date yet. */
const DOUBT_MS = 4_000;

export interface EventStreamOptions {
  /** The channels that are wanted, with the last that is known of each; asked at each opening. */
  wanted(): Map<string, string | null>;
  onSaid(said: Said): void;
  /** To be answered, so that the person counts as here. */
  onHeartbeat(streamId: string): void;
}

/**
 * The event stream of a browser: opened with every cursor that is known, and opened again, from there on, whenever
 * it ends. Ends itself for good when the session is over.
 */
export class EventStream {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private doubt: ReturnType<typeof setTimeout> | undefined;
  private retryMs = FIRST_RETRY_MS;
  private openedWith = "";
  private streamId = "";
  private ended = false;

  constructor(private readonly options: EventStreamOptions) {
    this.open();
  }

  /** Another set of channels is wanted. */
  change(): void {
    if (this.ended || this.namesOf(this.options.wanted()) === this.openedWith) return;
    // One that waits to be opened is opened with what is wanted then.
    if (this.source) this.schedule(GATHER_MS, () => this.open());
  }

  close(): void {
    this.ended = true;
    this.drop();
    clearTimeout(this.timer);
    clearTimeout(this.doubt);
  }

  private open(): void {
    this.drop();
    if (this.ended) return;
    const wanted = this.options.wanted();
    this.openedWith = this.namesOf(wanted);
    const query = new URLSearchParams();
    for (const [channel, after] of wanted) {
      query.append("channel", channel);
      query.append("after", after ?? "");
    }
    const openedAt = Date.now();
    const source = new EventSource(`/api/realtime?${query.toString()}`);
    this.source = source;
    const on = (event: string, take: (data: never) => void) =>
      source.addEventListener(event, ({ data }: MessageEvent<unknown>) => {
        // The browser has an event of its own that is called `open`, and brings nothing.
        if (this.source !== source || typeof data !== "string") return;
        this.listenForSilence();
        take(JSON.parse(data) as never);
      });
    const { onSaid, onHeartbeat } = this.options;
    on("open", ({ streamId, live }: { streamId: string; live: boolean }) => {
      this.retryMs = FIRST_RETRY_MS;
      this.streamId = streamId;
      onHeartbeat(streamId);
      this.say(live);
    });
    on("joined", (data: { channel: string; at: string; resumed: boolean }) =>
      onSaid({ type: "joined", ...data }),
    );
    on("event", (data: { channel: string; at?: string; event: string; data: unknown }) =>
      onSaid({ type: "event", at: null, ...data }),
    );
    on("reload", (data: { channel: string; at: string }) => onSaid({ type: "reload", ...data }));
    on("denied", (data: { channel: string }) => onSaid({ type: "denied", ...data }));
    on("live", ({ live }: { live: boolean }) => this.say(live));
    on("heartbeat", ({ live }: { live: boolean }) => {
      onSaid({ type: "heartbeat" });
      this.say(live);
      onHeartbeat(this.streamId);
    });
    on("reconnect", () => {
      this.drop();
      this.schedule(0, () => this.open());
    });
    on("session-ended", () => {
      this.close();
      onSessionEnded();
    });
    // Lost, or refused: then the access token may be too old, or the server away. Its own attempts would go back to
    // the cursors of now.
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      const refused = source.readyState === EventSource.CLOSED;
      this.drop();
      this.schedule(this.nextWaitMs(), () => void (refused ? this.renewAndOpen(openedAt) : this.open()));
    });
    this.listenForSilence();
  }

  private async renewAndOpen(since: number): Promise<void> {
    if (this.ended) return;
    const { outcome } = await renewSession(since);
    if (outcome !== "over") this.open();
  }

  /** What is there is let go; events do not come for now. */
  private drop(): void {
    clearTimeout(this.silence);
    if (!this.source) return;
    this.source.close();
    this.source = undefined;
    this.doubt ??= setTimeout(() => this.options.onSaid({ type: "live", live: false }), DOUBT_MS);
  }

  private say(live: boolean): void {
    clearTimeout(this.doubt);
    this.doubt = undefined;
    this.options.onSaid({ type: "live", live });
  }

  private listenForSilence(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.open(), SILENCE_MS);
  }

  private schedule(ms: number, work: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(work, ms);
  }

  private nextWaitMs(): number {
    const wait = this.retryMs * (1 - JITTER * Math.random());
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
    return wait;
  }

  private namesOf(wanted: Map<string, string | null>): string {
    return [...wanted.keys()].sort().join(" ");
  }
}
