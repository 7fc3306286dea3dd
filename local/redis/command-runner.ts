import { refusal } from "./commands";
import type { GatewayStats } from "./gateway-stats";
import type { EngineLink } from "./reconnecting-connection";
import { encodeCommand } from "./resp/encode";
import { type Argument, ErrorReply, type Reply } from "./resp/reply";
import { ScriptBook } from "./script-registry";
import { translate } from "./translate";

/** A command as a client sent it. */
export interface CommandEvent {
  /** Upper case. */
  readonly name: string;
  /** All of it, the name first. Values may be secrets: do not log them. */
  readonly args: readonly Argument[];
}

/** What to do with a command: send it and perhaps change the reply, or answer without the engine. */
type Plan =
  | { readonly send: Buffer; readonly finish: ((reply: Reply) => Reply) | null }
  | { readonly answer: Reply };

/** The most a name or an option can be long; longer arguments need not be read as text to be judged. */
const OPTION_LENGTH = 32;
const EMPTY_COMMAND = new ErrorReply("ERR empty command");

/**
 * Runs clients' commands on the engine: refuses what Upstash does not have, translates scripts, answers the few
 * commands that engines lack, and keeps the counts.
 *
 * Every method throws {@link EngineDownError} when the engine cannot be reached; whether a command that was
 * under way ran is then unknown, and it is not sent again.
 */
export class CommandRunner {
  readonly #scripts = new ScriptBook();

  constructor(
    private readonly links: { readonly shared: EngineLink; readonly transactions: EngineLink },
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
    if (only === undefined) return assemble(plans, []);
    const block = bytes.length === 1 ? only : Buffer.concat(bytes);
    return assemble(plans, await this.links.shared.sendEncoded(block, bytes.length));
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
    const refused = plans.find((plan) => "answer" in plan && plan.answer instanceof ErrorReply);
    if (refused !== undefined && "answer" in refused) return discarded(refused.answer);
    const bytes = plans.flatMap((plan) => ("send" in plan ? [plan.send] : []));
    if (bytes.length === 0) return assemble(plans, []);
    const block = Buffer.concat([encodeCommand(["MULTI"]), ...bytes, encodeCommand(["EXEC"])]);
    const replies = await this.links.transactions.sendEncoded(block, bytes.length + 2);
    const results = replies.at(-1);
    if (!Array.isArray(results))
      return discarded(replies.find((reply) => reply instanceof ErrorReply) ?? null);
    return assemble(plans, results);
  }

  #plan(args: readonly Argument[], readOnly: boolean): Plan {
    const name = optionText(args[0]).toUpperCase();
    if (name === "") return { answer: EMPTY_COMMAND };
    this.stats.countCommand(name);
    this.onCommand?.({ name, args });
    const refused = refusal(name, args.map(optionText), readOnly);
    if (refused !== null) return { answer: refused };
    const answer = answerHere(name, args);
    if (answer !== undefined) return { answer };
    const translated = translate(name, args, this.#scripts);
    return { send: encodeCommand(translated.args), finish: translated.finish };
  }
}

/** Commands whose answer needs no engine, either because it is always the same or because not every engine has it. */
function answerHere(name: string, args: readonly Argument[]): Reply | undefined {
  switch (name) {
    case "ECHO":
      return args.length === 2 ? Buffer.from(args[1] ?? "") : wrongArity(name);
    case "COMMAND":
      return []; // what Upstash answers, so that clients use the table they were built with
    case "WAIT":
      return args.length === 3 ? 0 : wrongArity(name); // no replicas here, and no waiting on a shared connection
    default:
      return undefined;
  }
}

function assemble(plans: readonly Plan[], replies: readonly Reply[]): Reply[] {
  let next = 0;
  return plans.map((plan) => {
    if ("answer" in plan) return plan.answer;
    const reply = replies[next++] ?? null;
    return plan.finish === null ? reply : plan.finish(reply);
  });
}

function discarded(reason: Reply): ErrorReply {
  const detail = reason instanceof ErrorReply ? reason.message : "previous errors";
  return new ErrorReply(`EXECABORT Transaction discarded because of: ${detail}`);
}

function wrongArity(name: string): ErrorReply {
  return new ErrorReply(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}

function optionText(arg: Argument | undefined): string {
  if (arg === undefined || arg.length > OPTION_LENGTH) return "";
  return arg.toString();
}
