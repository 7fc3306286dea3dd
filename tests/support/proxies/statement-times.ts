import { Client, type QueryResult } from "pg";

/** The statements that this process has run since the start. */
export interface StatementTimes {
  /** The slowest one. */
  longest: { ms: number; text: string };
  /** The largest number of rows that one statement wrote, as Postgres counts them. */
  mostRows: { rows: number; text: string };
  stop(): void;
}

/** Measures each statement of this process from its start to its result; statements of other processes are not seen. */
export function measureStatements(): StatementTimes {
  const original = Client.prototype.query;
  const times: StatementTimes = {
    ...{ longest: { ms: 0, text: "" }, mostRows: { rows: 0, text: "" } },
    stop: () => {
      Client.prototype.query = original;
    },
  };
  function measured(this: Client, ...args: unknown[]): unknown {
    const startedAt = performance.now();
    const record = (result: QueryResult | undefined) => {
      const ms = performance.now() - startedAt;
      const text = textOf(args[0]);
      if (ms > times.longest.ms) times.longest = { ms, text };
      const rows = !result || result.command === "SELECT" ? 0 : (result.rowCount ?? 0);
      if (rows > times.mostRows.rows) times.mostRows = { rows, text };
    };
    const query = (...all: unknown[]) => (original as (...all: unknown[]) => unknown).apply(this, all);
    const callback = args.at(-1);
    // A pool gives its connections a callback; everything else awaits the result.
    if (typeof callback === "function") {
      return query(...args.slice(0, -1), (error: unknown, result?: QueryResult) => {
        record(result);
        callback(error, result);
      });
    }
    const result = query(...args);
    return result instanceof Promise
      ? result.then((rows: QueryResult) => {
          record(rows);
          return rows;
        })
      : result;
  }
  Client.prototype.query = measured as typeof original;
  return times;
}

function textOf(query: unknown): string {
  const text =
    typeof query === "string"
      ? query
      : typeof query === "object" && query !== null && "text" in query
        ? query.text
        : "";
  return String(text).replace(/\s+/g, " ").slice(0, 200);
}
