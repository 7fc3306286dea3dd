import { now } from "../core/clock";
import {
  type Answer,
  callLoader,
  inBackground,
  isStale,
  type Parts,
  type Place,
  type Request,
} from "./loader";

/** With Redis away this process's memory is all there is, and lasts as long as its TTL says. */
export class WithoutRedis {
  /** Members that are being loaded anew in the background. */
  private readonly refreshing = new Set<string>();

  constructor(private readonly parts: Parts) {}

  /** @throws {LoaderFailure} */
  async find(place: Place, request: Request): Promise<Answer> {
    const { memory, told, stats } = this.parts;
    const { member } = place;
    if (memory.get(member)) await told.pollWithoutRedis();
    // From after that: what is loaded now is newer than what was just taken note of.
    const { epoch } = memory;
    const entry = memory.get(member);
    if (!entry) return { value: await this.load(place, request, epoch), event: "miss" };
    if (!isStale(entry)) return { value: entry.value, event: "hitL1" };
    if (!this.refreshing.has(member)) {
      this.refreshing.add(member);
      inBackground(stats, place, async () => {
        await this.load(place, request, memory.epoch).finally(() => this.refreshing.delete(member));
      });
    }
    return { value: entry.value, event: "stale" };
  }

  /**
   * Loads with nobody's leave: the value is for who asked, and for this process's memory.
   *
   * @param epoch  of the memory, from before
   * @throws {LoaderFailure}
   */
  async load(place: Place, request: Request, epoch: number): Promise<unknown> {
    const startedMs = now();
    const { made, value } = await callLoader(this.parts.stats, place, request);
    if (made) this.parts.memory.put(place.member, made.entry, epoch, startedMs);
    return value;
  }
}
