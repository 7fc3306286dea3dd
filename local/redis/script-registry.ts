import { createHash } from "node:crypto";
import type { Argument } from "./resp/reply";
import { strictPreamble } from "./strict-script";

/** A script as it goes to the engine. */
interface EngineScript {
  readonly text: Argument;
  readonly readOnly: boolean;
}

/**
 * On Upstash a script may begin with `#!lua flags=…`, with flags that no other Redis knows (`allow-key-locking`).
 * The registry removes that line before a script goes to the engine, and maps the SHA-1 of the client's script to
 * the SHA-1 of the engine's. A script with `no-writes` runs as EVAL_RO. In strict mode the checks of strict-script.ts
 * go in front of every script.
 *
 * The registry is in memory. After a restart an EVALSHA of an unknown script goes to the engine unchanged, which
 * answers NOSCRIPT, upon which every client sends EVAL: nothing has to be persisted.
 */
export class ScriptRegistry {
  readonly #scripts = new Map<string, { sha: string; readOnly: boolean }>();

  constructor(private readonly strict: boolean) {}

  /** Translates a script or function command for the engine. All other commands are returned unchanged. */
  translate(name: string, args: readonly Argument[]): readonly Argument[] {
    switch (name) {
      case "EVAL":
      case "EVAL_RO": {
        const script = this.#prepare(args[1]);
        if (script === null) return args;
        return [script.readOnly ? "EVAL_RO" : name, script.text, ...args.slice(2)];
      }
      case "EVALSHA":
      case "EVALSHA_RO": {
        const known = this.#scripts.get(argumentText(args[1]).toLowerCase());
        if (known === undefined) return args;
        return [known.readOnly ? "EVALSHA_RO" : name, known.sha, ...args.slice(2)];
      }
      case "SCRIPT":
        return this.#translateScript(args);
      case "FUNCTION":
        return args.map((arg, index) => (index < 2 ? arg : stripLockingFlag(arg)));
      default:
        return args;
    }
  }

  /** The SHA-1 that SCRIPT LOAD must answer instead of the engine's; null when the engine's is right. */
  loadedSha(args: readonly Argument[]): string | null {
    if (argumentText(args[1]).toUpperCase() !== "LOAD" || !this.#isChanged(args[2])) return null;
    return sha1(args[2] ?? "");
  }

  #translateScript(args: readonly Argument[]): readonly Argument[] {
    switch (argumentText(args[1]).toUpperCase()) {
      case "LOAD": {
        const script = this.#prepare(args[2]);
        return script === null ? args : ["SCRIPT", "LOAD", script.text, ...args.slice(3)];
      }
      case "EXISTS":
        return args.map((arg, index) =>
          index < 2 ? arg : (this.#scripts.get(argumentText(arg).toLowerCase())?.sha ?? arg),
        );
      case "FLUSH":
        this.#scripts.clear();
        return args;
      default:
        return args;
    }
  }

  /** Whether the engine gets another text than the client sent. */
  #isChanged(script: Argument | undefined): script is Argument {
    return script !== undefined && (this.strict || hasShebang(script));
  }

  #prepare(script: Argument | undefined): EngineScript | null {
    if (!this.#isChanged(script)) return null;
    const source = Buffer.isBuffer(script) ? script.toString("latin1") : script;
    const end = hasShebang(script) ? source.search(/\n|$/) : 0;
    const shebang = source.slice(0, end);
    // The line end stays, so that line numbers in error messages are right.
    const rest = source.slice(end);
    const engineSource = this.strict ? strictPreamble(hasFlag(shebang, LOCKING_FLAG)) + rest : rest;
    const text = Buffer.isBuffer(script) ? Buffer.from(engineSource, "latin1") : engineSource;
    const readOnly = hasFlag(shebang, "no-writes");
    this.#scripts.set(sha1(script), { sha: sha1(text), readOnly });
    return { text, readOnly };
  }
}

const LOCKING_FLAG = "allow-key-locking";

function hasFlag(shebang: string, flag: string): boolean {
  return /flags=(\S*)/.exec(shebang)?.[1]?.split(",").includes(flag) ?? false;
}

function hasShebang(script: Argument | undefined): boolean {
  return argumentText(script?.slice(0, 5)) === "#!lua";
}

/** Functions name the flag in their registration, not in the first line. */
function stripLockingFlag(code: Argument): Argument {
  const source = argumentText(code);
  return source.includes(LOCKING_FLAG) ? source.replace(/(['"])allow-key-locking\1\s*,?/g, "") : code;
}

function sha1(script: Argument): string {
  return createHash("sha1").update(script).digest("hex");
}

function argumentText(arg: Argument | undefined): string {
  return arg === undefined ? "" : arg.toString();
}
