import { type Argument, ErrorReply, type Reply } from "./resp/reply";
import { scanWithTypes } from "./scan-with-types";
import type { ScriptRegistry } from "./script-registry";

/** A command for the engine, and a function that converts its reply (null: unchanged). */
export interface Translation {
  readonly args: readonly Argument[];
  readonly finish: ((reply: Reply) => Reply) | null;
}

/** Translates commands that Upstash and the engines accept or answer differently. */
export function translate(name: string, args: readonly Argument[], scripts: ScriptRegistry): Translation {
  switch (name) {
    case "XADD":
    case "XTRIM":
      return { args: stripExactTrim(args), finish: null };
    case "SCAN":
      return { args: scanWithTypes(args), finish: null };
    case "COPY":
      return { args, finish: (reply) => (isSameKeyError(reply) ? 0 : reply) };
    case "SCRIPT": {
      const sha = scripts.loadedSha(args);
      const finish = sha === null ? null : (reply: Reply) => replaceSha(sha, reply);
      return { args: scripts.translate(name, args), finish };
    }
    default:
      return { args: scripts.translate(name, args), finish: null };
  }
}

/** `MAXLEN = 10` means `MAXLEN 10`, and the embedded engine accepts only the latter. */
function stripExactTrim(args: readonly Argument[]): readonly Argument[] {
  // The options come after the key and before the fields: for XADD within the first few arguments.
  const at = args.findIndex((arg, index) => index > 2 && index <= 4 && String(arg) === "=");
  if (at === -1 || !/^(maxlen|minid)$/i.test(String(args[at - 1]))) return args;
  return args.toSpliced(at, 1);
}

/** Where Redis answers with this error, Upstash answers 0: nothing copied. */
function isSameKeyError(reply: Reply): boolean {
  return reply instanceof ErrorReply && reply.message.includes("objects are the same");
}

/** The engine loaded the stripped script; the client knows it by the SHA-1 of what it sent. */
function replaceSha(sha: string, reply: Reply): Reply {
  return reply instanceof ErrorReply ? reply : Buffer.from(sha);
}
