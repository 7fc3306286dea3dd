import { callApi } from "../call-api";
import { onSessionEnded } from "../session";
import type { Attention } from "./presence-reporter";
import type { Said } from "./stream-event";

/** Refused or cut: asked again after this, then after twice as long each time, */
const FIRST_RETRY_MS = 1_000;
/** up to this. */
const LONGEST_RETRY_MS = 60_000;
/** Of each wait, so much is chance: the browsers of an instance that ended do not come back as one. */
const JITTER = 0.5;
/** Asked to come back, a browser does so within this: not all those of an instance at once. */
const RECONNECT_MS = 1_000;
/** Two heartbeats and some: a connection that says nothing for so long is dead, whatever the browser believes. */
export const SILENCE_MS = 40_000;
/** Changes of what is wanted that are made within this are one: a page that opens follows several channels. */
const GATHER_MS = 50;
/** Cut for a moment, as when a function has reached its time limit, nothing is out of date yet. */
const DOUBT_MS = 4_000;

export interface EventStreamOptions {
  /**
   * Whoever is not listens to what is public, and has a stream while there is something of that to hear and somebody
   * looks at it.
   */
  signedIn: boolean;
  /** The channels that are wanted, with the last that is known of each; asked at each opening. */
  wanted(): Map<string, string | null>;
  onSaid(said: Said): void;
  attention(): Attention;
  /** To be answered, so that the person counts as here. */
  onHeartbeat(): void;
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
  private readonly carried = new Set<string>();
  private id = "";
  private idle = false;
  private ended = false;

  constructor(private readonly options: EventStreamOptions) {
    this.open();
  }

  /** What heartbeats are answered with; empty while none is open. */
  get streamId(): string {
    return this.id;
  }

  /** Another set of channels is wanted. */
  change(): void {
    if (this.ended || this.isAsWanted()) return;
    // One that waits to be opened is opened with what is wanted then.
    if (this.source || this.idle) this.schedule(GATHER_MS, () => this.isAsWanted() || this.open());
  }

  private isAsWanted(): boolean {
    const wanted = this.options.wanted();
    if (this.idle || this.mayRest(wanted)) return this.idle === this.mayRest(wanted);
    return wanted.size === this.carried.size && [...wanted.keys()].every((one) => this.carried.has(one));
  }

  private mayRest(wanted: ReadonlyMap<string, unknown>): boolean {
    return !this.options.signedIn && (wanted.size === 0 || this.options.attention() === "away");
  }

  /** A channel that was denied is asked for once more. */
  askAgain(channel: string): void {
    this.carried.delete(channel);
    this.change();
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
    this.carried.clear();
    this.idle = this.mayRest(wanted);
    if (this.idle) {
      // While nobody looks the places are kept: it goes on from there.
      if (wanted.size === 0) this.options.onSaid({ type: "carries", channels: [] });
      return;
    }
    const query = new URLSearchParams(
      this.options.signedIn ? { state: this.options.attention() } : { as: "nobody" },
    );
    for (const [channel, after] of wanted) {
      this.carried.add(channel);
      query.append("channel", channel);
      query.append("after", after ?? "");
    }
    this.options.onSaid({ type: "carries", channels: [...wanted.keys()] });
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
      this.id = streamId;
      onHeartbeat();
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
      onHeartbeat();
    });
    on("reconnect", () => {
      this.drop();
      this.schedule(RECONNECT_MS * Math.random(), () => this.open());
    });
    on("session-ended", () => {
      this.close();
      onSessionEnded();
    });
    // Lost, or refused. Its own attempts would go back to the cursors of now.
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      const refused = source.readyState === EventSource.CLOSED;
      this.drop();
      this.schedule(this.nextWaitMs(), () => void (refused ? this.askAndOpen() : this.open()));
    });
    this.listenForSilence();
  }

  /** Why it was refused an EventSource does not say. A call does, and renews the access token if it is too old. */
  private async askAndOpen(): Promise<void> {
    if (this.ended) return;
    if (!this.options.signedIn) return this.open();
    const answer = await callApi("/api/presence", "done");
    if (!answer.ok && answer.failure.code === "unauthenticated") return;
    if (!answer.ok && answer.failure.retryAfterSeconds)
      this.schedule(answer.failure.retryAfterSeconds * 1000, () => this.open());
    else this.open();
  }

  /** What is there is let go; events do not come for now. */
  private drop(): void {
    clearTimeout(this.silence);
    if (!this.source) return;
    this.source.close();
    this.source = undefined;
    this.id = "";
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
}
