import { afterEach, expect, test } from "vitest";
import { type GuardedProcess, spawnGuarded } from "../../../local/process/spawn-guarded";
import { until } from "./support";

const running: GuardedProcess[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function cli(...args: string[]) {
  const lines: string[] = [];
  const guarded = await spawnGuarded({
    command: process.execPath,
    args: ["--import", "tsx", "local/redis/main.ts", ...args],
    onLine: (line) => lines.push(line),
  });
  running.push(guarded);
  return { guarded, lines };
}

test("starts, serves and stops on SIGTERM", async () => {
  const { guarded, lines } = await cli("--port", "0", "--token", "secret", "--engine", "embedded", "--log");
  await until(() => lines.some((line) => line.includes("http://")), 20_000);
  const url = /http:\S+/.exec(lines.join("\n"))?.[0];
  const answer = await fetch(`${url}/set/a/private`, { headers: { authorization: "Bearer secret" } });
  expect(await answer.json()).toEqual({ result: "OK" });
  await until(() => lines.includes("SET"));
  expect(lines.join("\n")).not.toContain("private");
  expect(await guarded.stop()).toEqual({ code: 0, signal: null });
});

test("explains itself", async () => {
  const { guarded, lines } = await cli("--help");
  expect(await guarded.exited).toEqual({ code: 0, signal: null });
  expect(lines.join("\n")).toContain("--read-only-token");
});

test.each([
  [["--redis-url", "redis://:geheim@127.0.0.1:1"], "redis://127.0.0.1:1/0 is unreachable: ECONNREFUSED"],
  [["--port", "x"], "--port x is not a port"],
  [["--engine", "other"], "--engine other: expected auto or embedded"],
])("%s ends with one clear line", async (args, message) => {
  const { guarded, lines } = await cli(...args);
  expect(await guarded.exited).toEqual({ code: 1, signal: null });
  expect(lines).toEqual([message]);
});
