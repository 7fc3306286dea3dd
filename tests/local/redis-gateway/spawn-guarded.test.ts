import { afterEach, expect, test } from "vitest";
import { FAMILY_SCRIPT, isAlive, killParent } from "@/tests/support/processes/guarded-family";
import { until } from "@/tests/support/servers/redis-gateway";
import { type GuardedProcess, SpawnError, spawnGuarded } from "../../../local/process/spawn-guarded";

const NODE = process.execPath;
/** Prints a line on SIGTERM and does not exit. */
const STUBBORN = `
  process.on("SIGTERM", () => console.log("no"));
  console.log("ready");
  setInterval(() => {}, 1e6);`;

const started: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const guarded of started.splice(0)) await guarded.stop();
});

async function run(script: string, options: { graceMs?: number; env?: NodeJS.ProcessEnv } = {}) {
  const lines: string[] = [];
  const guarded: GuardedProcess = await spawnGuarded({
    command: NODE,
    args: ["-e", script],
    onLine: (line, stream) => lines.push(stream === "stderr" ? `stderr: ${line}` : line),
    ...options,
  });
  started.push(guarded);
  return { guarded, lines };
}

test("a parent killed by SIGKILL leaves no process behind", async () => {
  await killParent("SIGKILL");
});

test("stop ends the whole group and returns the command's exit status", async () => {
  const { guarded, lines } = await run(FAMILY_SCRIPT);
  await until(() => lines.length === 1);
  const family = lines.join().split(" ").map(Number);
  expect(family[0]).toBe(guarded.pid);
  expect(await guarded.stop()).toEqual({ code: null, signal: "SIGTERM" });
  expect(family.some(isAlive)).toBe(false);
  expect(await guarded.stop()).toEqual({ code: null, signal: "SIGTERM" });
});

test("a command that ignores SIGTERM is killed after the grace period", async () => {
  const { guarded, lines } = await run(STUBBORN, { graceMs: 100 });
  await until(() => lines.includes("ready"));
  expect(await guarded.stop()).toEqual({ code: null, signal: "SIGKILL" });
  expect(lines).toContain("no");
});

test("when the command exits, its children are ended", async () => {
  const leaver = FAMILY_SCRIPT.replace("setInterval(() => {}, 1e6);`", "").replace(
    /setInterval[^"]*$/,
    "process.exit(7)",
  );
  const { guarded, lines } = await run(leaver);
  expect(await guarded.exited).toEqual({ code: 7, signal: null });
  const family = lines.join().split(" ").map(Number);
  expect(family).toHaveLength(2);
  expect(family.some(isAlive)).toBe(false);
});

test("onLine receives lines of both streams, including a last one without a line end", async () => {
  const { guarded, lines } = await run(`process.stdout.write("one\\r\\ntwo"); console.error("three")`);
  await guarded.exited;
  expect(lines.sort()).toEqual(["one", "stderr: three", "two"]);
});

test("the command gets exactly the given environment", async () => {
  const { guarded, lines } = await run(`console.log(Object.keys(process.env).sort().join())`, {
    env: { ONLY: "this" } as unknown as NodeJS.ProcessEnv,
  });
  await guarded.exited;
  expect(lines).toEqual(["ONLY"]);
});

test("a killed guard does not leave the command behind", async () => {
  const { guarded, lines } = await run(
    `console.log(process.ppid); setInterval(() => {}, 1e6); process.on("SIGTERM", () => {})`,
  );
  await until(() => lines.length === 1);
  process.kill(Number(lines[0]), "SIGKILL");
  expect(await guarded.exited).toMatchObject({ signal: "SIGKILL" });
  await until(() => !isAlive(guarded.pid));
});

test.each([
  ["a command that does not exist", { command: "no-such-command-anywhere" }, "ENOENT"],
  ["a folder that does not exist", { command: NODE, cwd: "/no/such/folder" }, "ENOENT"],
])("%s throws SpawnError", async (_name, options, code) => {
  const error = await spawnGuarded(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpawnError);
  expect(error).toMatchObject({ code });
});
