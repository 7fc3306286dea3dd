import { Client } from "pg";
import type { StatementKind } from "./bot-protocol";

/**
 * Counts the statements that this process sends to Postgres, at the driver: a proxy would take a part of the processor
 * that is measured.
 */
export function countStatements(): Record<StatementKind, number> {
  const counts: Record<StatementKind, number> = { reads: 0, writes: 0, brackets: 0 };
  const send = Client.prototype.query;
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    const [query] = args;
    const text = typeof query === "string" ? query : (query as { text?: string }).text;
    counts[kindOf(text ?? "")] += 1;
    return Reflect.apply(send, this, args);
  } as typeof send;
  return counts;
}

function kindOf(text: string): StatementKind {
  if (/^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|SET)\b/i.test(text)) return "brackets";
  return /\b(INSERT INTO|UPDATE "|DELETE FROM)/.test(text) ? "writes" : "reads";
}
