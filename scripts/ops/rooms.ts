import {
  checkBackends,
  clearCaches,
  clearPresence,
  clearSessions,
  closeAlert,
  listOpenAlerts,
  sendTestAlert,
} from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import { audit } from "./audit";
import { type Command, requireWord, table, UsageError } from "./command";
import { caches, live, views } from "./live";
import { limits, people, personSessions } from "./people";
import { redis } from "./redis";
import { reports } from "./reports";
import { queues, schedules, tasks } from "./tasks";

/** The rooms of the command line and their actions. Each calls one function of lib, which authorises and audits. */
export const rooms: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  tasks,
  queues,
  schedules,
  alerts: {
    list: {
      usage: "alerts list",
      summary: "open alerts, newest first",
      run: async ({ caller, options }) => {
        const page = await listOpenAlerts(caller, options.cursor ? { cursor: options.cursor } : {});
        const rows = page.items.map(({ id, kind, subject, openedAt, message }) => [
          id,
          kind,
          subject,
          openedAt,
          message,
        ]);
        const lines = table(["id", "kind", "subject", "since", "message"], rows);
        return { json: page, lines: [`${page.openCount} open`, ...(rows.length > 0 ? lines : [])] };
      },
    },
    close: {
      usage: "alerts close <id> --reason text",
      summary: "an alert that was dealt with; the same failure opens it again",
      changes: "something",
      run: async ({ caller, words, auditContext }) => {
        const id = idSchema.safeParse(requireWord(words, "alert"));
        if (!id.success) throw new UsageError("an alert's id is a UUID");
        const alert = await closeAlert(id.data, caller, auditContext);
        return { json: alert, lines: [`closed: ${alert.kind} ${alert.subject}`] };
      },
    },
    test: {
      usage: "alerts test --reason text",
      summary: "sends a test to the webhook and the address that alerts go to, and says what they answered",
      changes: "something",
      run: async ({ caller, auditContext }) => {
        const test = await sendTestAlert(caller, auditContext);
        const lines = test.channels.map(
          ({ channel, sent, answer }) => `${channel}: ${sent ? "sent" : "failed"}, ${answer}`,
        );
        const none = "neither ALERT_WEBHOOK_URL nor ALERT_MAIL is set";
        const isWell = lines.length > 0 && test.channels.every(({ sent }) => sent);
        return { json: test, lines: lines.length > 0 ? lines : [none], exitCode: isWell ? 0 : 1 };
      },
    },
  },
  reports,
  audit,
  people,
  limits,
  redis,
  views,
  live,
  caches: {
    ...caches,
    clear: {
      usage: "caches clear [namespace] --reason text --yes",
      summary: "a namespace, or all of them and the cached chat messages",
      changes: "destroys",
      run: async ({ caller, words, auditContext }) => {
        const deleted = await clearCaches(caller, words[0], auditContext);
        return { json: { deleted }, lines: [`${deleted} entries deleted`] };
      },
    },
  },
  presence: {
    clear: {
      usage: "presence clear --reason text --yes",
      summary: "everybody is absent until their next heartbeat",
      changes: "destroys",
      run: async ({ caller, auditContext }) => {
        await clearPresence(caller, auditContext);
        return { json: { cleared: true }, lines: ["presence cleared"] };
      },
    },
  },
  sessions: {
    ...personSessions,
    clear: {
      usage: "sessions clear --reason text --yes",
      summary: "everybody has to sign in again, after a leak of a secret or of a copy of the database",
      changes: "destroys",
      run: async ({ caller, auditContext }) => {
        const ended = await clearSessions(caller, auditContext);
        return { json: { ended }, lines: [`${ended} sessions ended`] };
      },
    },
  },
};

/** A page must not wait long for a backend; a command can, and it has just started. */
const HEALTH_TIMEOUT_MS = 10_000;

/** Needs no administrator: it must answer when Postgres does not. */
export async function health() {
  const backends = await checkBackends(HEALTH_TIMEOUT_MS);
  const isWell = Object.values(backends).every(({ status }) => status === "ok" || status === "off");
  const lines = table(
    ["backend", "status", "ms", "reason"],
    Object.entries(backends).map(([name, check]) => [
      name,
      check.status,
      String(check.latencyMs),
      check.reason ?? "",
    ]),
  );
  return { json: backends, lines, exitCode: isWell ? 0 : 1 } as const;
}
