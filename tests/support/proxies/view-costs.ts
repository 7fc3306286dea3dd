import { waitForDeferredWork } from "@/lib/core/defer";
import { currentGateway } from "../stack/current-gateway";
import { startStatementMeter } from "./statement-meter";

interface ViewCost<T> {
  result: T;
  /** Calls to Redis, counted at the gateway. */
  httpCalls: number;
  /** Counted on the wire to Postgres. */
  statements: number;
}

/** Puts meters between this file and its backends. Call it before anything reads the environment. */
export async function startViewCosts(): Promise<{
  cost<T>(work: () => Promise<T>): Promise<ViewCost<T>>;
  stop(): Promise<void>;
}> {
  const meter = await startStatementMeter(process.env.DATABASE_URL ?? "");
  process.env.DATABASE_URL = meter.url;
  return {
    cost: async (work) => {
      // An earlier view publishes its count up to a second later; that is not part of this cost.
      await waitForDeferredWork();
      currentGateway().stats.reset();
      meter.reset();
      const result = await work();
      return {
        result,
        httpCalls: currentGateway().stats.snapshot().httpRequests,
        statements: meter.statements,
      };
    },
    stop: () => meter.close(),
  };
}
