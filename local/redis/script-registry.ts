import { createHash } from "node:crypto";
import type { Argument } from "./resp/reply";

/**
 * On Upstash a script may begin with `#!lua flags=…`, with flags that no other Redis knows (`allow-key-locking`).
 * The registry removes that line before a script goes to the engine, and maps the SHA-1 of the client's script to
 * the SHA-1 of the engine's.
 *
 * The registry is in memory. After a restart an EVALSHA of an unknown script goes to the engine unchanged, which
 * answers NOSCRIPT, upon which every client sends EVAL: nothing has to be persisted.
 *
 * A script with `no-writes` runs as EVAL_RO. `allow-key-locking` is not checked: a script that touches undeclared
 * keys fails on Upstash and runs here.
 */
export class ScriptRegistry {
  readonly #scripts = new Map<string, { sha: string; readOnly: boolean }>();

  /** Translates a script or function command for the engine. All other commands are returned unchanged. */
  translate(name: string, args: readonly Argument[]): readonly Argument[] {
    switch (name) {
      case "EVAL":
      case "EVAL_RO": {
        const script = this.#stripShebang(args[1]);
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
    if (argumentText(args[1]).toUpperCase() !== "LOAD" || !hasShebang(args[2])) return null;
    return sha1(args[2] ?? "");
  }

  #translateScript(args: readonly Argument[]): readonly Argument[] {
    switch (argumentText(args[1]).toUpperCase()) {
      case "LOAD": {
        const script = this.#stripShebang(args[2]);
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

  #stripShebang(script: Argument | undefined): { text: Argument; readOnly: boolean } | null {
    if (script === undefined || !hasShebang(script)) return null;
    const source = Buffer.isBuffer(script) ? script.toString("latin1") : script;
    const end = source.indexOf("\n");
    const firstLine = end === -1 ? source : source.slice(0, end);
    // The line end stays, so that line numbers in error messages are right.
    const rest = end === -1 ? "" : source.slice(end);
    const stripped = Buffer.isBuffer(script) ? Buffer.from(rest, "latin1") : rest;
    const readOnly = /[=,\s]no-writes(,|\s|$)/.test(firstLine);
    this.#scripts.set(sha1(script), { sha: sha1(stripped), readOnly });
    return { text: stripped, readOnly };
  }
}

const LOCKING_FLAG = "allow-key-locking";

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
