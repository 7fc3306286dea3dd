import { Cron } from "croner";

/** A cron expression in QStash's syntax. The time zone is UTC unless the expression begins with `CRON_TZ=`. */
export interface CronExpression {
  /** The expression without redundant spaces. */
  text: string;
  /** The first tick after a time (both unix ms), null when there is none. */
  nextAfter(time: number): number | null;
}

const ALIASES = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;

/** @throws {SyntaxError} with the reason */
export function parseCron(source: string): CronExpression {
  const text = source.trim().replace(/\s+/g, " ");
  const [, timezone = "UTC", pattern = ""] = /^(?:(?:CRON_TZ|TZ)=(\S+) )?(.*)$/.exec(text) ?? [];
  if (!ALIASES.test(pattern) && pattern.split(" ").length !== 5) {
    throw new SyntaxError("expected five fields: minute, hour, day of month, month, day of week");
  }
  try {
    const cron = new Cron(pattern, { timezone, paused: true });
    const nextAfter = (time: number): number | null => cron.nextRun(new Date(time))?.getTime() ?? null;
    nextAfter(0); // an unknown time zone throws only when it is used
    return { text, nextAfter };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(/timezone/i.test(message) ? `unknown time zone "${timezone}"` : message);
  }
}
