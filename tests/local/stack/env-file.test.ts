import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseEnv, promisify } from "node:util";
import dotenv from "dotenv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toEnvFile } from "../../../local/stack/env-file";

const VALUES = {
  PLAIN: "postgresql://postgres:postgres@127.0.0.1:3013/postgres?sslmode=disable",
  EMPTY: "",
  MAIL_FROM: "NormalDance <no-reply@normaldance.test>",
  SPACES: "  two before,  two inside, two after  ",
  DOLLAR: `$HOME \${HOME} $(id) $$ a$`,
  BACKTICK: "`id`",
  HASH: "#first a # b #",
  SINGLE: "it's",
  SINGLE_AND_MORE: "it's <here> & # there; a|b *?[x] ~ !",
  DOUBLE: 'say "hello"',
  BACKSLASH: "C:\\new\\table \\$x \\\\\\ x",
  EQUALS: "a=b==",
  SHELL: "a; b && c | d > e < f & g ( h ) { i } ~ * ? [j] !",
  UMLAUT: "ä мир 🎵",
  LAST: "end",
};

const NAMES = Object.keys(VALUES);
const READ = `process.stdout.write(JSON.stringify(${JSON.stringify(NAMES)}.map((name) => process.env[name])))`;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "nd-env-"));
  file = path.join(folder, "stack.env");
  await writeFile(file, `# A comment with "quotes' in it.\n${toEnvFile(VALUES)}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(command: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(command, args, {
    env: { PATH: process.env.PATH, NODE_ENV: "test" },
  });
  return JSON.parse(stdout);
}

describe("values with special characters are read back unchanged", () => {
  const expected = Object.values(VALUES);

  it.each(["sh", "bash"])("by %s, sourcing the file", async (shell) => {
    const script = `set -a; . "$1"; exec "$2" -e "$3"`;
    expect(await run(shell, "-c", script, shell, file, process.execPath, READ)).toEqual(expected);
  });

  it("by node --env-file", async () => {
    expect(await run(process.execPath, `--env-file=${file}`, "-e", READ)).toEqual(expected);
  });

  it("by util.parseEnv", () => {
    expect({ ...parseEnv(toEnvFile(VALUES)) }).toEqual(VALUES);
  });

  it("by dotenv", () => {
    expect(dotenv.parse(toEnvFile(VALUES))).toEqual(VALUES);
  });
});

it.each([
  ["a line end", "a\nb"],
  ["a control character", "a\u0000b"],
  ["a backslash at the end", "C:\\"],
  ["a single quote together with a dollar", "it's $5"],
  ["both quotes", `it's "here"`],
])("refuses a value with %s and names the variable", (_, value) => {
  expect(() => toEnvFile({ FINE: "x", AWKWARD: value })).toThrow(/^AWKWARD cannot be written/);
});
