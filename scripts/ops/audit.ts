import { auditQuerySchema, listAudit } from "@/lib/audit";
import { type Command, moreLines, table, UsageError } from "./command";

/** `npm run ops -- audit …` */
export const audit: Readonly<Record<string, Command>> = {
  list: {
    usage: "audit list [--match action] [--owner actor's id] [--subject s]",
    summary: "who did what and why, newest first; --limit, --cursor",
    run: async ({ caller, options: { match, owner, subject, cursor, limit } }) => {
      const query = auditQuerySchema.safeParse({ action: match, actor: owner, subject, cursor, limit });
      if (!query.success) throw new UsageError(`${query.error.issues[0]?.path.join(".")} is not valid`);
      const page = await listAudit(caller, query.data);
      const rows = page.items.map(({ createdAt, actorId, actorName, action, data, ...entry }) => [
        ...[createdAt, actorName ?? actorId ?? "the app", action, entry.subject],
        typeof data?.reason === "string" ? data.reason : "",
      ]);
      const lines = rows.length > 0 ? table(["at", "by", "action", "about", "reason"], rows) : ["none"];
      return { json: page, lines: [...lines, ...moreLines(page)] };
    },
  },
};
