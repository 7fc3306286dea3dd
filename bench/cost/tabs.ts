import { setTimeout as delay } from "node:timers/promises";
import { startIdleClients } from "./idle-clients";
import type { Probe } from "./probe";
import { mostFrequent } from "./stage";

const TABS = Number(process.env.TABS ?? 1_000);
const INSTANCES = 3;
/** Two reopenings of each stream and more are in it. */
const SECONDS = Number(process.env.TABS_SECONDS ?? 600);
const SECONDS_PER_HOUR = 3_600;
/** What follows the opening of the last stream. */
const SETTLE_MS = 30_000;

/** A thousand tabs of as many people, which are only open, on three instances. */
export const tabs: Probe = {
  name: "tabs",
  measure: async (stage) => {
    const urls = [stage.url];
    while (urls.length < INSTANCES) urls.push(await stage.startInstance());
    const clients = await startIdleClients(stage, { count: TABS, urls, answersHeartbeats: true, polls: [] });
    try {
      await delay(SETTLE_MS);
      const traffic = await stage.measureDuring(() => delay(SECONDS * 1_000));
      const perHour = (count: number) => Math.round((count * SECONDS_PER_HOUR) / SECONDS / TABS);
      return [
        {
          what: `idle signed-in tab, an hour: each of ${TABS.toLocaleString("en")} on ${INSTANCES} instances, over ${SECONDS} s`,
          ...{ now: String(perHour(traffic.billed)), atMost: "200" },
        },
        {
          what: "… SQL statements; the most frequent commands",
          ...{ now: `${perHour(traffic.statements)}; ${mostFrequent(traffic)}`, atMost: "–" },
        },
      ];
    } finally {
      clients.stop();
    }
  },
};
