import { newId } from "@/lib/core/ids";
import { applyEnvironment } from "./library";
import type { Probe } from "./probe";

const REQUESTS = 50;

/** The limits of a signed-in person's requests, one after another: the route's, and the person's over all routes. */
export const limited: Probe = {
  name: "limited",
  measure: async (stage) => {
    applyEnvironment(stage);
    const { contestants } = await import("../limits-contestants");
    const createCheck = contestants["lib/rate-limit"];
    const { UPSTASH_REDIS_REST_URL: url = "", UPSTASH_REDIS_REST_TOKEN: token = "" } = stage.env;
    const check = createCheck?.(url, token);
    await check?.(newId());
    const person = newId();
    const { billed, calls } = await stage.measureDuring(async () => {
      for (let request = 0; request < REQUESTS; request += 1) await check?.(person);
    });
    return [
      {
        what: "rate-limited request: calls / billed commands",
        now: `${round(calls / REQUESTS)} / ${round(billed / REQUESTS)}`,
        atMost: "0.4 / 1.6",
      },
    ];
  },
};

const round = (value: number) => String(Math.round(value * 100) / 100);
