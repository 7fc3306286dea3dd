import { expect, it } from "vitest";
import { alertTitles } from "@/lib/schemas/alert";
import { parseCommandLine } from "@/scripts/ops/command";
import { rooms } from "@/scripts/ops/rooms";
import { allPages, anchors, codeSpans, readPage, shellCommands } from "@/tests/unit/docs/markdown";

/** Every `npm run ops` command that a page of the docs names can be typed as it stands there. */

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

it.each(commands)("%s: npm run ops -- %s", (_, typed) => {
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
  if (!command?.changes || isNamedOnly) return;
  expect(options.reason, "--reason").toBeTruthy();
  if (command.changes === "destroys") expect(yes, "--yes").toBe(true);
});

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
