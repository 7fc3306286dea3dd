import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { encode } from "./envelope";
import { callLoader, inBackground, type Loaded, type Parts, type Place, type Request } from "./loader";
import * as store from "./store";
import { within } from "./with-timeout-or-undefined";

/** Loading under the lease in Redis `token`, which is renewed meanwhile: what is brought is stored if it is alive. */
export class LeasedLoad {
  private readonly member: string;

  /** @param epoch  of the memory, from before the lease was asked for */
  constructor(
    private readonly parts: Parts,
    private readonly place: Place,
    private readonly request: Request,
    private readonly epoch: number,
    private readonly token: string,
  ) {
    this.member = place.member;
  }

  /**
   * Loads, stores what came, and ends the lease.
   *
   * @param limitMs  how long the caller may be kept waiting for Redis
   * @throws {LoaderFailure}
   */
  async load(limitMs: number): Promise<unknown> {
    const { member, token } = this;
    const startedMs = now();
    const stopRenewing = this.renew();
    let loaded: Loaded;
    try {
      loaded = await callLoader(this.parts.stats, this.place, this.request);
      await failpoint("cache.loaded");
    } catch (error) {
      stopRenewing();
      await this.bounded(limitMs, store.release(member, token));
      throw error;
    }
    stopRenewing();
    const { made, value } = loaded;
    if (!made) {
      await this.bounded(limitMs, store.fillNothing(member, token));
      return value;
    }
    const { entry, json } = made;
    const text = await encode(entry, json);
    const filledMs = now();
    const filled = await this.bounded(limitMs, store.fill(member, token, text, entry));
    // Redis may have refused it (it is too large, say): others should not wait until the lease has run out.
    if (filled === undefined) store.release(member, token).catch(() => {});
    // Not known whether it was stored: then it is as current as the moment its loading began.
    if (filled !== false) this.parts.memory.put(member, entry, this.epoch, filled ? filledMs : startedMs);
    return value;
  }

  /** While everybody is served what there is. A failure keeps the lease: nobody tries again until it ends. */
  refresh(): void {
    const { member, token } = this;
    const { memory, stats } = this.parts;
    inBackground(stats, this.place, async () => {
      const startedMs = now();
      const stopRenewing = this.renew();
      try {
        const { made } = await callLoader(stats, this.place, this.request);
        if (!made) return await store.fillNothing(member, token);
        const text = await encode(made.entry, made.json);
        if (await store.fill(member, token, text, made.entry)) {
          memory.put(member, made.entry, this.epoch, startedMs);
        }
      } finally {
        stopRenewing();
      }
    });
  }

  /** Waits for a call no longer than that; it goes on by itself then. Undefined: Redis did not say. */
  private async bounded<T>(limitMs: number, call: Promise<T>): Promise<T | undefined> {
    try {
      return await within(Math.max(0, limitMs), call);
    } catch (error) {
      this.parts.stats.count(this.place.namespace, "error");
      this.parts.told.doubtRedis();
      log().debug({ err: error }, "Redis did not take a cached value");
      return undefined;
    }
  }

  /** @returns what ends it */
  private renew(): () => void {
    const startedAt = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - startedAt > store.LONGEST_LOAD_MS) clearInterval(timer);
      else store.renew(this.member, this.token).catch(() => {});
    }, store.LEASE_MS / 3);
    timer.unref();
    return () => clearInterval(timer);
  }
}
