import { commandError } from "./commands";
import type { GatewayStats } from "./gateway-stats";
import type { ReconnectingConnection } from "./reconnecting-connection";
import { encodeCommand } from "./resp/encode";
import { type Argument, ErrorReply, type Reply } from "./resp/reply";
import { ScriptRegistry } from "./script-registry";
import { translate } from "./translate";

/** A command as a client sent it. */
export interface CommandEvent {
  /** Upper case. */
  readonly name: string;
  /** All of it, the name first. Values may be secrets: do not log them. */
  readonly args: readonly Argument[];
}

/** What to do with a command: send it and perhaps change the reply, or answer without the engine. */
type CommandPlan =
  | { readonly send: Buffer; readonly finish: ((reply: Reply) => Reply) | null }
  | { readonly answer: Reply };

/** The most a name or an option can be long; longer arguments need not be read as text to be judged. */
const MAX_OPTION_LENGTH = 32;
const EMPTY_COMMAND_ERROR = new ErrorReply("ERR empty command");

/**
 * Runs clients' commands on the engine: refuses what Upstash does not have, translates scripts, answers the few
 * commands that engines lack, and keeps the counts.
 *
 * Every method throws {@link EngineDownError} when the engine cannot be reached; whether a command that was
 * under way ran is then unknown, and it is not sent again.
 */
export class CommandRunner {
  readonly #scripts = new ScriptRegistry();

  constructor(
    private readonly connections: {
      readonly shared: ReconnectingConnection;
      readonly transactions: ReconnectingConnection;
    },
    private readonly stats: GatewayStats,
    private readonly onCommand: ((event: CommandEvent) => void) | undefined,
  ) {}

  /** Runs one command. */
  async run(args: readonly Argument[], readOnly: boolean): Promise<Reply> {
    const [reply] = await this.pipeline([args], readOnly);
    return reply ?? null;
  }

  /** Runs commands in order, not atomically: an error is one command's own. */
  async pipeline(commands: readonly (readonly Argument[])[], readOnly: boolean): Promise<Reply[]> {
    const plans = commands.map((args) => this.#plan(args, readOnly));
    const bytes = plans.flatMap((plan) => ("send" in plan ? [plan.send] : []));
    const [only] = bytes;
    if (only === undefined) return mergeReplies(plans, []);
    const payload = bytes.length === 1 ? only : Buffer.concat(bytes);
    return mergeReplies(plans, await this.connections.shared.sendEncoded(payload, bytes.length));
  }

  /**
   * Runs commands in one MULTI/EXEC, on a connection that only transactions use.
   * @returns the replies, or one error when the transaction was discarded and nothing of it ran
   */
  async transaction(
    commands: readonly (readonly Argument[])[],
    readOnly: boolean,
  ): Promise<Reply[] | ErrorReply> {
    const plans = commands.map((args) => this.#plan(args, readOnly));
    const failedPlan = plans.find((plan) => "answer" in plan && plan.answer instanceof ErrorReply);
    if (failedPlan !== undefined && "answer" in failedPlan) return execAbortError(failedPlan.answer);
    const bytes = plans.flatMap((plan) => ("send" in plan ? [plan.send] : []));
    if (bytes.length === 0) return mergeReplies(plans, []);
    const payload = Buffer.concat([encodeCommand(["MULTI"]), ...bytes, encodeCommand(["EXEC"])]);
    const replies = await this.connections.transactions.sendEncoded(payload, bytes.length + 2);
    const results = replies.at(-1);
    if (!Array.isArray(results))
      return execAbortError(replies.find((reply) => reply instanceof ErrorReply) ?? null);
    return mergeReplies(plans, results);
  }

  #plan(args: readonly Argument[], readOnly: boolean): CommandPlan {
    const name = optionText(args[0]).toUpperCase();
    if (name === "") return { answer: EMPTY_COMMAND_ERROR };
    this.stats.countCommand(name);
    this.onCommand?.({ name, args });
    const error = commandError(name, args.map(optionText), readOnly);
    if (error !== null) return { answer: error };
    const answer = replyLocally(name, args);
    if (answer !== undefined) return { answer };
    const translated = translate(name, args, this.#scripts);
    return { send: encodeCommand(translated.args), finish: translated.finish };
  }
}

/** Commands whose answer needs no engine, either because it is always the same or because not every engine has it. */
function replyLocally(name: string, args: readonly Argument[]): Reply | undefined {
  switch (name) {
    case "ECHO":
      return args.length === 2 ? Buffer.from(args[1] ?? "") : wrongArityError(name);
    case "COMMAND":
      return []; // what Upstash answers, so that clients use the table they were built with
    case "WAIT":
      return args.length === 3 ? 0 : wrongArityError(name); // no replicas here, and no waiting on a shared connection
    default:
      return undefined;
  }
}

function mergeReplies(plans: readonly CommandPlan[], replies: readonly Reply[]): Reply[] {
  let next = 0;
  return plans.map((plan) => {
    if ("answer" in plan) return plan.answer;
    const reply = replies[next++] ?? null;
    return plan.finish === null ? reply : plan.finish(reply);
  });
}

function execAbortError(reason: Reply): ErrorReply {
  const detail = reason instanceof ErrorReply ? reason.message : "previous errors";
  return new ErrorReply(`EXECABORT Transaction discarded because of: ${detail}`);
}

function wrongArityError(name: string): ErrorReply {
  return new ErrorReply(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}

function optionText(arg: Argument | undefined): string {
  if (arg === undefined || arg.length > MAX_OPTION_LENGTH) return "";
  return arg.toString();
}
