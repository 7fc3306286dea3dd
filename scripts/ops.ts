import "./load-env";
import { waitForDeferredWork } from "@/lib/core/defer";
import { disconnectDb } from "@/lib/db";
import { findOperator } from "@/lib/ops";
import { abandonByHandler } from "@/lib/tasks/abandon-by-handler";
import { setTaskAbandoner } from "@/lib/tasks/abandon-task";
import { type CommandOutput, parseCommandLine, UsageError } from "./ops/command";
import { getMessage } from "./ops/error-text";
import { findLogs } from "./ops/logs";
import { health, rooms } from "./ops/rooms";

// As in the app (app/api/define-route.ts): what a cancelled task leaves behind is cleared up by its domain.
setTaskAbandoner(abandonByHandler);

/**
 * `npm run ops -- <room> <action>`: what the console does, from a command line, against the deployment of the
 * environment. docs/OPERATIONS.md has the list; without words it prints it.
 */
async function run(args: string[]): Promise<CommandOutput & { asJson: boolean }> {
  const { room, action, words, options, json: asJson, all, yes } = parseCommandLine(args);
  if (room === "health") return { ...(await health()), asJson };
  if (room === "logs" && action === "find") return { ...(await findLogs(words, options.file)), asJson };
  const command = room && action ? rooms[room]?.[action] : undefined;
  if (!command) return { ...listCommands(room), asJson };
  if (command.changes && !options.reason?.trim())
    throw new UsageError("--reason is missing: it goes into the audit log");
  if (command.changes === "destroys" && !yes)
    throw new UsageError("this cannot be undone: add --yes to do it");
  const caller = await findOperator(options.as);
  const auditContext = options.reason ? { reason: options.reason.trim() } : {};
  return { ...(await command.run({ words, options, all, yes, caller, auditContext })), asJson };
}

function listCommands(room: string | undefined): CommandOutput {
  const commands = Object.entries(rooms)
    .filter(([name]) => room === undefined || !(room in rooms) || name === room)
    .flatMap(([, actions]) => Object.values(actions));
  const lines = commands.flatMap(({ usage, summary }) => [`  ${usage}`, `      ${summary}`]);
  return {
    json: commands.map(({ usage, summary }) => ({ usage, summary })),
    lines: [
      "npm run ops -- <room> <action> [--json] [--as administrator@example.com]",
      "",
      "  health",
      "      whether every backend answers; exit code 1 if one does not",
      "  logs find <id> --file path",
      "      the lines of a request, of its tasks and of its trace, by any of their ids",
      ...lines,
    ],
    exitCode: room === undefined ? 0 : 1,
  };
}

try {
  const { json, lines, exitCode = 0, asJson } = await run(process.argv.slice(2));
  console.log(asJson ? JSON.stringify(json, null, 2) : lines.join("\n"));
  process.exitCode = exitCode;
} catch (error) {
  console.error(getMessage(error));
  process.exitCode = 2;
}
// A retried task is published after its commit.
await waitForDeferredWork();
await disconnectDb();
