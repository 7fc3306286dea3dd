import { commandError } from "./commands";
import type { GatewayStats } from "./gateway-stats";
import type { ReconnectingConnection } from "./reconnecting-connection";
import { encodeCommand } from "./resp/encode";
import { type Argument, ErrorReply, type Reply } from "./resp/reply";
import { runsScript, type ScriptKiller } from "./script-killer";
import { ScriptRegistry } from "./script-registry";
import { translate } from "./translate";

/** A command that a client sent. */
export interface CommandEvent {
  /** Upper case. */
  readonly name: string;
  /** The name and the arguments. Values may be secrets: do not log them. */
  readonly args: readonly Argument[];
}

/** How a command is handled: sent, with an optional change of the reply, or answered without the engine. */
type CommandPlan =
  | { readonly send: Buffer; readonly finish: ((reply: Reply) => Reply) | null; readonly runsScript: boolean }
  | { readonly answer: Reply };

export interface CommandRunnerOptions {
  readonly connections: {
    readonly shared: ReconnectingConnection;
    readonly transactions: ReconnectingConnection;
  };
  readonly stats: GatewayStats;
  readonly killer: ScriptKiller;
  readonly strict: boolean;
  readonly onCommand?: ((event: CommandEvent) => void) | undefined;
}

/** Longest command name or option; longer arguments are never decoded to text. */
const MAX_OPTION_LENGTH = 32;
const EMPTY_COMMAND_ERROR = new ErrorReply("ERR empty command");

/**
 * Runs the commands of clients on the engine: refuses those that Upstash lacks, translates scripts, answers the few
 * that engines lack, and counts all of them.
 *
 * Every method throws {@link EngineDownError} when the engine is unreachable; whether a command in flight ran is
 * then unknown, and it is not sent again.
 */
export class CommandRunner {
  readonly #scripts: ScriptRegistry;

  constructor(private readonly options: CommandRunnerOptions) {
    this.#scripts = new ScriptRegistry(options.strict);
  }

  /** Runs one command. */
  async run(args: readonly Argument[], readOnly: boolean): Promise<Reply> {
    const [reply] = await this.pipeline([args], readOnly);
    return reply ?? null;
  }

  /** Runs commands in order. Not atomic: an error fails only its own command. */
  async pipeline(commands: readonly (readonly Argument[])[], readOnly: boolean): Promise<Reply[]> {
    const plans = commands.map((args) => this.#plan(args, readOnly));
    const bytes = plans.flatMap((plan) => ("send" in plan ? [plan.send] : []));
    const [only] = bytes;
    if (only === undefined) return mergeReplies(plans, []);
    const payload = bytes.length === 1 ? only : Buffer.concat(bytes);
    return mergeReplies(plans, await this.#send("shared", plans, payload, bytes.length));
  }

  /**
   * Runs commands atomically in one MULTI/EXEC, on a connection that only transactions use.
   * @returns the replies, or one error when the transaction was discarded and no command ran
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
    const replies = await this.#send("transactions", plans, payload, bytes.length + 2);
    const results = replies.at(-1);
    if (!Array.isArray(results))
      return execAbortError(replies.find((reply) => reply instanceof ErrorReply) ?? null);
    return mergeReplies(plans, results);
  }

  #send(
    connection: keyof CommandRunnerOptions["connections"],
    plans: readonly CommandPlan[],
    payload: Buffer,
    count: number,
  ): Promise<Reply[]> {
    const { connections, killer } = this.options;
    const replies = connections[connection].sendEncoded(payload, count);
    return plans.some((plan) => "send" in plan && plan.runsScript) ? killer.watch(replies) : replies;
  }

  #plan(args: readonly Argument[], readOnly: boolean): CommandPlan {
    const name = optionText(args[0]).toUpperCase();
    if (name === "") return { answer: EMPTY_COMMAND_ERROR };
    this.options.stats.countCommand(name);
    this.options.onCommand?.({ name, args });
    const error = commandError(name, args.map(optionText), readOnly);
    if (error !== null) return { answer: error };
    const answer = replyLocally(name, args);
    if (answer !== undefined) return { answer };
    const translated = translate(name, args, this.#scripts);
    return {
      send: encodeCommand(translated.args),
      finish: translated.finish,
      runsScript: runsScript(name),
    };
  }
}

/** Answers commands whose reply is constant or that not every engine has. */
function replyLocally(name: string, args: readonly Argument[]): Reply | undefined {
  switch (name) {
    case "ECHO":
      return args.length === 2 ? Buffer.from(args[1] ?? "") : wrongArityError(name);
    case "COMMAND":
      return []; // Upstash's answer, upon which clients use their built-in command table
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
