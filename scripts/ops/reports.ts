import { closeReport, listReports } from "@/lib/reports";
import { idSchema } from "@/lib/schemas/id";
import { closeReportSchema, reportPageQuerySchema } from "@/lib/schemas/report";
import { type Command, moreLines, requireWord, table, UsageError } from "./command";

/** `npm run ops -- reports …` */
export const reports: Readonly<Record<string, Command>> = {
  list: {
    usage: "reports list [--state open|dismissed|resolved]",
    summary: "what users have reported, newest first; --limit, --cursor",
    run: async ({ caller, options: { state, cursor, limit } }) => {
      const query = reportPageQuerySchema.safeParse({ state, cursor, limit });
      if (!query.success) throw new UsageError("--state, --cursor or --limit is not valid");
      const page = await listReports(caller, query.data);
      const rows = page.items.map(({ id, createdAt, reason, target, targetId, text, content, reported }) => [
        ...[id, createdAt, reason, `${target}:${targetId}`, (content ?? reported)?.author?.name ?? "deleted"],
        text.replaceAll("\n", " "),
      ]);
      const lines = rows.length > 0 ? table(["id", "at", "reason", "about", "by", "text"], rows) : ["none"];
      return { json: page, lines: [...lines, ...moreLines(page)] };
    },
  },
  close: {
    usage: "reports close <id> --state dismissed|resolved --reason text",
    summary: "resolved: something was done about it; dismissed: nothing had to be",
    changes: "something",
    run: async ({ caller, words, options: { state, reason } }) => {
      const id = idSchema.safeParse(requireWord(words, "report"));
      if (!id.success) throw new UsageError("a report's id is a UUID");
      const input = closeReportSchema.safeParse({ outcome: state, reason });
      if (!input.success) throw new UsageError("--state is dismissed or resolved");
      const report = await closeReport(caller, id.data, input.data);
      return { json: report, lines: [`${report.state}: ${report.target}:${report.targetId}`] };
    },
  },
};
