import type { SignedInCaller } from "@/lib/core/permission";
import {
  blockAccount,
  changeRole,
  endPersonSessions,
  getPersonDetails,
  liftLimits,
  listLimits,
  listPeople,
  newRoleSchema,
  type PersonView,
  peopleQuerySchema,
  unblockAccount,
} from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import { type Command, moreLines, requireWord, table, UsageError } from "./command";

/** `npm run ops -- people …`, `sessions …` and `limits …` */

export const people: Readonly<Record<string, Command>> = {
  list: {
    usage: "people list [--match text] [--state blocked]",
    summary: "accounts by part of a name or address, or by id, newest first; --limit, --cursor",
    run: async ({ caller, options }) => {
      const query = peopleQuerySchema.safeParse({
        q: options.match,
        blocked: options.state === "blocked" ? "true" : undefined,
        cursor: options.cursor,
        limit: options.limit,
      });
      if (!query.success) throw new UsageError("--match, --cursor or --limit is not valid");
      const page = await listPeople(caller, query.data);
      const rows = page.items.map(({ id, name, email, role, blockedAt }) => [
        ...[id, role, email, name],
        blockedAt ? `blocked ${blockedAt}` : "",
      ]);
      return {
        json: page,
        lines: [...table(["id", "role", "address", "name", ""], rows), ...moreLines(page)],
      };
    },
  },
  show: {
    usage: "people show <id or address>",
    summary: "an account and its sessions",
    run: async ({ caller, words }) => {
      const details = await getPersonDetails(
        caller,
        await findPersonId(caller, requireWord(words, "person")),
      );
      const facts = Object.entries(details.person).map(([name, value]) => `${name}: ${String(value)}`);
      return { json: details, lines: [...facts, "", ...sessionLines(details.sessions)] };
    },
  },
  role: {
    usage: "people role <id or address> <listener | artist | admin> --reason text",
    summary: "changes what the account may do, and signs it out",
    changes: "something",
    run: async ({ caller, words, auditContext }) => {
      const id = await findPersonId(caller, requireWord(words, "person"));
      const newRole = newRoleSchema.safeParse({ role: words[1] });
      if (!newRole.success) throw new UsageError("a role is listener, artist or admin");
      const person = await changeRole(caller, id, newRole.data, auditContext);
      return { json: person, lines: [`${person.email}: ${person.role}`] };
    },
  },
  block: {
    usage: "people block <id or address> --reason text --yes",
    summary: "signs the account out and keeps it from signing in",
    changes: "destroys",
    run: async ({ caller, words, auditContext }) => {
      const id = await findPersonId(caller, requireWord(words, "person"));
      return describePerson(await blockAccount(caller, id, auditContext));
    },
  },
  unblock: {
    usage: "people unblock <id or address> --reason text",
    summary: "lets the account sign in again",
    changes: "something",
    run: async ({ caller, words, auditContext }) => {
      const id = await findPersonId(caller, requireWord(words, "person"));
      return describePerson(await unblockAccount(caller, id, auditContext));
    },
  },
};

export const personSessions: Readonly<Record<string, Command>> = {
  list: {
    usage: "sessions list <id or address of a person>",
    summary: "where a person is signed in",
    run: async ({ caller, words }) => {
      const id = await findPersonId(caller, requireWord(words, "person"));
      const { sessions } = await getPersonDetails(caller, id);
      return { json: sessions, lines: sessionLines(sessions) };
    },
  },
  end: {
    usage: "sessions end <id or address of a person> [session] --reason text --yes",
    summary: "one session of a person, or all of them",
    changes: "destroys",
    run: async ({ caller, words, auditContext }) => {
      const personId = await findPersonId(caller, requireWord(words, "person"));
      const session = words[1] === undefined ? undefined : idSchema.safeParse(words[1]);
      if (session && !session.success) throw new UsageError("a session's id is a UUID");
      const ended = await endPersonSessions(caller, { personId, sessionId: session?.data }, auditContext);
      return { json: { ended }, lines: [`${ended} sessions ended`], exitCode: ended > 0 ? 0 : 1 };
    },
  },
};

export const limits: Readonly<Record<string, Command>> = {
  list: {
    usage: "limits list [id or address of a person]",
    summary: "who is limited now, and by which rules; goes through a part of Redis: --cursor",
    run: async ({ caller, words, options }) => {
      const person = words[0] === undefined ? {} : { person: await findPersonId(caller, words[0]) };
      const cursor = options.cursor === undefined ? {} : { cursor: options.cursor };
      const page = await listLimits(caller, { ...person, ...cursor });
      const rows = page.items.flatMap(({ callerId, name, rules }) =>
        rules.map(({ policy, route, limit, windowSeconds, resetAt }) => [
          ...[callerId, name ?? "", policy, route],
          ...[`${limit} in ${windowSeconds} s`, resetAt],
        ]),
      );
      const headings = ["caller", "name", "rule", "route", "limit", "until"];
      return {
        json: page,
        lines: [
          ...(rows.length > 0 ? table(headings, rows) : [`no caller is limited (${page.walked} keys)`]),
          ...moreLines(page),
        ],
      };
    },
  },
  lift: {
    usage: "limits lift <caller as listed, or id or address of a person> --reason text",
    summary: "gives them all tokens again; instances notice it within a minute",
    changes: "something",
    run: async ({ caller, words, auditContext }) => {
      const word = requireWord(words, "caller");
      const isPerson = word.includes("@") || idSchema.safeParse(word).success;
      const target = isPerson ? { personId: await findPersonId(caller, word) } : { callerId: word };
      const lifted = await liftLimits(caller, target, auditContext);
      return { json: { lifted }, lines: [`${lifted} limits lifted`] };
    },
  },
};

/** @throws {UsageError} when there is no such account */
async function findPersonId(caller: SignedInCaller, word: string): Promise<string> {
  const id = idSchema.safeParse(word);
  if (id.success) return id.data;
  const { items } = await listPeople(caller, { q: word });
  const person = items.find(({ email }) => email === word.trim().toLowerCase());
  if (!person) throw new UsageError("there is no such account: an id or a whole address is needed");
  return person.id;
}

function sessionLines(sessions: Awaited<ReturnType<typeof getPersonDetails>>["sessions"]): string[] {
  if (sessions.length === 0) return ["not signed in"];
  return table(
    ["session", "seen", "address", "device"],
    sessions.map(({ id, lastSeenAt, ip, device }) => [
      ...[id, lastSeenAt, ip ?? ""],
      [device.browser, device.os].filter(Boolean).join(", "),
    ]),
  );
}

function describePerson(person: PersonView) {
  const state = person.blockedAt ? `blocked since ${person.blockedAt}` : "not blocked";
  return { json: person, lines: [`${person.email}: ${state}`] } as const;
}
