import { listen } from "../http/server";
import { deadLetterRoutes } from "./api/dead-letters";
import { flowControlRoutes } from "./api/flow-control";
import { groupRoutes } from "./api/groups";
import { keyRoutes } from "./api/keys";
import { logRoutes } from "./api/logs";
import { messageRoutes } from "./api/messages";
import { publishingRoutes } from "./api/publishing";
import { queueRoutes } from "./api/queues";
import { Router } from "./api/router";
import { scheduleRoutes } from "./api/schedules";
import { systemClock } from "./clock";
import { Deliverer } from "./deliverer";
import { Dispatcher } from "./dispatcher";
import { newId } from "./ids";
import { defaultLimits, type Limits, type QstashOptions, type SigningKeys } from "./options";
import { handlePage } from "./page/page";
import { type PlanName, plans } from "./plans";
import { Schedules } from "./schedules";
import { Store } from "./store";
import { Timers } from "./timers";

export type { Clock } from "./clock";
export type { Limits, QstashOptions, SigningKeys } from "./options";
export type { PlanName } from "./plans";

export interface QstashStats {
  published: number;
  deduplicated: number;
  delivered: number;
  retried: number;
  deadLettered: number;
  canceled: number;
  /** Messages that are not finished. */
  pending: number;
  /** Messages of the current UTC day as a plan counts them: each accepted one, and each retry. */
  today: number;
  /** Attempts in flight. */
  inFlight: number;
  deadLetters: number;
}

export interface RunningQstash {
  /** For `QSTASH_URL`: no trailing slash, no `/v2`. */
  readonly url: string;
  readonly port: number;
  /** The current signing keys; a rotation changes them. */
  readonly keys: SigningKeys;
  stats(): QstashStats;
  /** Stops listening, aborts deliveries (repeated after the next start) and closes the data folder. */
  close(): Promise<void>;
}

const PRUNE_INTERVAL_MS = 30_000;

/**
 * Starts a QStash emulator: the v2 HTTP API on loopback, delivering to any URL, loopback included.
 *
 * @throws {PortTakenError}
 * @throws {FolderInUseError} when another process uses the data folder
 * @throws {JournalCorruptError} when the data folder cannot be read
 */
export async function startQstash(options: QstashOptions): Promise<RunningQstash> {
  const clock = options.clock ?? systemClock;
  const limits = { ...defaultLimits, ...(options.plan && planLimits(options.plan)), ...options.limits };
  const store = await Store.open(options.dataDir, limits, clock);
  try {
    initializeKeys(store, options.signingKeys);
    await store.durable();
    const deliverer = new Deliverer({
      connectTo: options.connectTo ?? {},
      maxResponseBytes: limits.maxResponseBytes,
      clock,
    });
    const dispatcher = new Dispatcher({ store, deliverer, clock, retryScale: options.retryScale ?? 1 });
    const schedules = new Schedules(store, clock);
    const api = { store, dispatcher, schedules };
    const router = new Router(api, options.token, [
      ...scheduleRoutes,
      ...publishingRoutes,
      ...messageRoutes,
      ...deadLetterRoutes,
      ...queueRoutes,
      ...groupRoutes,
      ...flowControlRoutes,
      ...keyRoutes,
      ...logRoutes,
    ]);
    const http = await listen(
      "QStash",
      options.port ?? 0,
      (request, response) => {
        if (!handlePage(api, request, response)) void router.handle(request, response);
      },
      options.host,
    );
    const pruneTimers = new Timers(clock);
    const schedulePrune = (): void => {
      pruneTimers.at(clock.now() + PRUNE_INTERVAL_MS, () => {
        try {
          store.commit({ t: "pruned" });
        } catch {
          return; // the disk failed
        }
        schedulePrune();
      });
    };
    schedulePrune();
    dispatcher.restore();
    schedules.restore();

    let closing: Promise<void> | null = null;
    const close = async (): Promise<void> => {
      pruneTimers.clear();
      schedules.close();
      dispatcher.close();
      await http.close();
      deliverer.close();
      await store.close();
    };
    return {
      url: http.url,
      port: http.port,
      get keys() {
        return { current: store.state.keys?.current ?? "", next: store.state.keys?.next ?? "" };
      },
      stats: () => ({
        ...store.state.counters,
        today: store.state.messagesOn(store.now()),
        pending: store.state.messages.size,
        inFlight: dispatcher.activeTotal,
        deadLetters: store.state.deadLetters.size,
      }),
      close() {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function planLimits(name: PlanName): Partial<Limits> {
  const plan = plans[name];
  const { logRetentionMs, deadLetterRetentionMs, maxResponseMs } = plan;
  return {
    plan,
    ...(logRetentionMs === undefined ? {} : { logRetentionMs }),
    ...(deadLetterRetentionMs === undefined ? {} : { deadLetterRetentionMs }),
    ...(maxResponseMs === undefined ? {} : { defaultTimeoutMs: maxResponseMs }),
  };
}

/** Keys from the options replace stored keys, unless the stored ones are a rotation of the same pair. */
function initializeKeys(store: Store, configured: SigningKeys | undefined): void {
  const stored = store.state.keys;
  if (
    stored &&
    (!configured || (stored.seed.current === configured.current && stored.seed.next === configured.next))
  )
    return;
  const seed = configured
    ? { current: configured.current, next: configured.next }
    : { current: newId("sig"), next: newId("sig") };
  store.commit({ t: "keysSet", keys: { ...seed, seed } });
}
