import { afterEach, expect, test } from "vitest";
import { alive, FAMILY, killParent } from "@/tests/support/processes/guarded-family";
import { type GuardedProcess, SpawnError, spawnGuarded } from "../../../local/process/spawn-guarded";
import { until } from "./support";

const NODE = process.execPath;
/** Ignores the polite signal, and says so. */
const STUBBORN = `
  process.on("SIGTERM", () => console.log("no"));
  console.log("ready");
  setInterval(() => {}, 1e6);`;

const started: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
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

test("a parent that dies of SIGKILL leaves nobody behind", async () => {
  await killParent("SIGKILL");
});

test("stop ends the whole group and tells how the command ended", async () => {
  const { guarded, lines } = await run(FAMILY);
  await until(() => lines.length === 1);
  const family = lines.join().split(" ").map(Number);
  expect(family[0]).toBe(guarded.pid);
  expect(await guarded.stop()).toEqual({ code: null, signal: "SIGTERM" });
  expect(family.some(alive)).toBe(false);
  expect(await guarded.stop()).toEqual({ code: null, signal: "SIGTERM" });
});

test("what does not listen to SIGTERM is killed after the grace period", async () => {
  const { guarded, lines } = await run(STUBBORN, { graceMs: 100 });
  await until(() => lines.includes("ready"));
  expect(await guarded.stop()).toEqual({ code: null, signal: "SIGKILL" });
  expect(lines).toContain("no");
});

test("a command that ends by itself takes its children along", async () => {
  const leaver = FAMILY.replace("setInterval(() => {}, 1e6);`", "").replace(
    /setInterval[^"]*$/,
    "process.exit(7)",
  );
  const { guarded, lines } = await run(leaver);
  expect(await guarded.exited).toEqual({ code: 7, signal: null });
  const family = lines.join().split(" ").map(Number);
  expect(family).toHaveLength(2);
  expect(family.some(alive)).toBe(false);
});

test("lines of both streams are heard, the last one without a line end too", async () => {
  const { guarded, lines } = await run(`process.stdout.write("one\\r\\ntwo"); console.error("three")`);
  await guarded.exited;
  expect(lines.sort()).toEqual(["one", "stderr: three", "two"]);
});

test("the environment is the given one and no other", async () => {
  const { guarded, lines } = await run(`console.log(Object.keys(process.env).sort().join())`, {
    env: { ONLY: "this" } as unknown as NodeJS.ProcessEnv,
  });
  await guarded.exited;
  expect(lines).toEqual(["ONLY"]);
});

test("a killed guard does not leave the command behind either", async () => {
  const { guarded, lines } = await run(
    `console.log(process.ppid); setInterval(() => {}, 1e6); process.on("SIGTERM", () => {})`,
  );
  await until(() => lines.length === 1);
  process.kill(Number(lines[0]), "SIGKILL");
  expect(await guarded.exited).toMatchObject({ signal: "SIGKILL" });
  await until(() => !alive(guarded.pid));
});

test.each([
  ["a command that does not exist", { command: "no-such-command-anywhere" }, "ENOENT"],
  ["a folder that does not exist", { command: NODE, cwd: "/no/such/folder" }, "ENOENT"],
])("%s is an error", async (_name, options, code) => {
  const error = await spawnGuarded(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpawnError);
  expect(error).toMatchObject({ code });
});
