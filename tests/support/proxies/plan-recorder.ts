import { Client } from "pg";
import { z } from "zod";
import { postgresMessageParser } from "./postgres-messages";
import { startPostgresProxy } from "./tcp-proxy";

/** A statement as Postgres ran it, with the values that the app sent. */
export interface RecordedPlan {
  statement: string;
  ms: number;
  /** Rows that the scans of tables and indexes read, those that a filter removed included. */
  rowsRead: number;
  /** Tables that were read from beginning to end. */
  scannedTables: string[];
  /** Rows that it inserted, updated or deleted. */
  rowsWritten: number;
}

export interface PlanRecorder {
  /** The database's URL through the recorder. */
  readonly url: string;
  /** The plans since the last call, and those of statements that are still running never. */
  take(): RecordedPlan[];
  close(): Promise<void>;
}

const NOTICE = "N".charCodeAt(0);

/**
 * Starts a proxy that records the plan of every statement. Postgres itself measures them (auto_explain) and sends them as
 * notices on the connection, so they are the plans of what the app really sent. The URL's role must be a superuser.
 */
export async function startPlanRecorder(databaseUrl: string): Promise<PlanRecorder> {
  await enableAutoExplain(databaseUrl);
  let plans: RecordedPlan[] = [];
  const { url, close } = await startPostgresProxy(databaseUrl, (client, dial) => {
    const server = dial();
    const parse = postgresMessageParser("server");
    server.on("data", (chunk: Buffer) => {
      for (const { type, body } of parse(chunk)) {
        const plan = type === NOTICE ? parseNotice(body.toString("utf8")) : null;
        if (plan) plans.push(plan);
      }
    });
    client.pipe(server).pipe(client);
  });
  return {
    url,
    take: () => {
      const taken = plans;
      plans = [];
      return taken;
    },
    close,
  };
}

async function enableAutoExplain(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const name = new URL(databaseUrl).pathname.slice(1);
  try {
    for (const [setting, value] of [
      ["session_preload_libraries", "auto_explain"],
      ["auto_explain.log_min_duration", "0"],
      ["auto_explain.log_analyze", "on"],
      ["auto_explain.log_timing", "off"],
      ["auto_explain.log_format", "json"],
      ["auto_explain.log_level", "notice"],
    ]) {
      await client.query(`ALTER DATABASE "${name}" SET ${setting} = '${value}'`);
    }
  } finally {
    await client.end();
  }
}

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string | undefined;
  "Parent Relationship"?: string | undefined;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number | undefined;
  "Rows Removed by Index Recheck"?: number | undefined;
  Plans?: PlanNode[] | undefined;
}

const nodeSchema: z.ZodType<PlanNode> = z.object({
  "Node Type": z.string(),
  "Relation Name": z.string().optional(),
  "Actual Rows": z.number(),
  "Actual Loops": z.number(),
  "Rows Removed by Filter": z.number().optional(),
  "Rows Removed by Index Recheck": z.number().optional(),
  Plans: z.array(z.lazy(() => nodeSchema)).optional(),
});
const planSchema = z.object({ "Query Text": z.string(), Plan: nodeSchema });

function parseNotice(text: string): RecordedPlan | null {
  const [, ms, json] = /duration: ([\d.]+) ms {2}plan:\n(\{.*\})\0/s.exec(text) ?? [];
  if (ms === undefined || json === undefined) return null;
  const { "Query Text": statement, Plan } = planSchema.parse(JSON.parse(json));
  const nodes = [...eachNode(Plan)];
  const scans = nodes.filter((node) => node["Node Type"].endsWith("Scan"));
  return {
    statement,
    ms: Number(ms),
    rowsRead: scans.reduce((sum, node) => sum + rowsReadBy(node), 0),
    scannedTables: scans.flatMap((node) =>
      node["Node Type"] === "Seq Scan" && node["Relation Name"] && node["Actual Loops"] > 0
        ? [node["Relation Name"]]
        : [],
    ),
    rowsWritten: nodes
      .filter((node) => node["Node Type"] === "ModifyTable")
      .flatMap((node) => node.Plans ?? [])
      .filter((source) => source["Parent Relationship"] !== "InitPlan")
      .reduce((sum, node) => sum + node["Actual Rows"] * node["Actual Loops"], 0),
  };
}

function* eachNode(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.Plans ?? []) yield* eachNode(child);
}

function rowsReadBy(node: PlanNode): number {
  // The rows of a CTE were counted where its statement read them.
  if (
    ["CTE Scan", "Subquery Scan", "Values Scan", "Function Scan", "WorkTable Scan"].includes(
      node["Node Type"],
    )
  )
    return 0;
  const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  return (node["Actual Rows"] + removed) * node["Actual Loops"];
}
