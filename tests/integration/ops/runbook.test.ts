import { beforeAll, expect, it } from "vitest";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import type { SignedInCaller } from "@/lib/core/permission";
import { db } from "@/lib/db";
import { findOperator } from "@/lib/ops";
import { alertTitles } from "@/lib/schemas/alert";
import { parseCommandLine } from "@/scripts/ops/command";
import { rooms } from "@/scripts/ops/rooms";
import { createPerson } from "@/tests/support/factories/people";
import { allPages, anchors, codeSpans, readPage, shellCommands } from "@/tests/unit/docs/markdown";

/**
 * Every `npm run ops` command that a page of the docs names can be typed as it stands there. Those that change nothing
 * are run; tests/extended/ops/drills.test.ts runs the drills, and command-line.test.ts beside it the others.
 */

/** Words as a shell splits them, with quotes. */
function shellWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

const commands = allPages().flatMap((page) =>
  [...codeSpans(page), ...shellCommands(page)].flatMap((code) => {
    const typed = /\bnpm run ops -- (.+)$/.exec(code.replace(/\s+/g, " "))?.[1];
    return typed ? [[page.file, typed] as const] : [];
  }),
);

it("the docs name commands", () => {
  expect(commands.length).toBeGreaterThan(20);
});

let administrator: SignedInCaller;
beforeAll(async () => {
  const { userId } = await createPerson("admin");
  const { email } = await db().user.findUniqueOrThrow({ where: { id: userId } });
  administrator = await findOperator(email);
});

it.each(commands)("%s: npm run ops -- %s", async (_, typed) => {
  const { room = "", action, words, options, yes } = parseCommandLine(shellWords(typed));
  if (room === "health") return expect(action).toBeUndefined();
  const isNamedOnly = shellWords(typed).length === 2;
  if (room === "logs") {
    expect(action).toBe("find");
    if (!isNamedOnly) expect([words.length, options.file]).toEqual([1, expect.any(String)]);
    return;
  }
  const command = rooms[room]?.[action ?? ""];
  expect(command, `${room} ${action}`).toBeDefined();
  if (!command || isNamedOnly) return;
  if (command.changes) {
    expect(options.reason, "--reason").toBeTruthy();
    if (command.changes === "destroys") expect(yes, "--yes").toBe(true);
    return;
  }
  if (options.file !== undefined) return;
  const filled = Object.entries(options).map(([name, value]) => [name, value && fill(value)]);
  const running = command.run({
    words: words.map(fill),
    options: Object.fromEntries(filled) as typeof options,
    ...{ all: false, yes: false, caller: administrator, auditContext: {} },
  });
  const outcome = await running.catch((error: unknown) => error);
  // There is no task of the placeholder's id.
  if (outcome instanceof AppError) expect(outcome.code).toBe("not_found");
  else expect(outcome).toMatchObject({ lines: expect.any(Array) });
});

/** A value in place of a placeholder. */
function fill(text: string): string {
  return text
    .replace("<id>", newId())
    .replace("<queue>", "emails")
    .replace(/<(key|text|namespace)>/, "posts");
}

it("the runbook has a section for each kind of alert, with what to look at and what to do", () => {
  const page = readPage("docs/OPERATIONS.md");
  const known = anchors(page);
  for (const kind of Object.keys(alertTitles)) {
    expect(known.has(kind), kind).toBe(true);
    const section = page.prose.split(`\n### ${kind}\n`)[1]?.split("\n#")[0] ?? "";
    expect(section, kind).toContain("Look:");
    expect(section, kind).toContain("Do:");
  }
});
