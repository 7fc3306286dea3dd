import { expect, test } from "vitest";
import { EngineConnection } from "@/local/redis/engine-connection";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { runCommand } from "@/tests/support/processes/command-line";
import { until } from "@/tests/support/servers/redis-gateway";
import { startCli, startServingCli } from "@/tests/support/servers/redis-gateway-cli";

test("starts, serves and stops on SIGTERM", async () => {
  const {
    guarded,
    lines,
    gatewayUrl: url,
  } = await startServingCli(["--token", "secret", "--engine", "embedded", "--log"]);
  const answer = await fetch(`${url}/set/a/private`, { headers: { authorization: "Bearer secret" } });
  expect(await answer.json()).toEqual({ result: "OK" });
  await until(() => lines.includes("SET"));
  expect(lines.join("\n")).not.toContain("private");
  expect(await guarded.stop()).toEqual({ code: 0, signal: null });
});

test("prints the URL and the description of its Redis", async () => {
  const { lines, redisUrl } = await startServingCli(["--engine", "embedded"]);
  const connection = await EngineConnection.open(parseRedisUrl(redisUrl));
  expect(String(await connection.send(["PING", "hello"]))).toBe("hello");
  connection.close();
  expect(lines[0]).toMatch(/^Redis +redis:\S+ +\(embedded, data in memory only; lacks .*JSON and SEARCH\)$/);
});

test("prints help", async () => {
  const { guarded, lines } = await startCli(["--help"]);
  expect(await guarded.exited).toEqual({ code: 0, signal: null });
  expect(lines.join("\n")).toContain("--read-only-token");
});

test.each([
  [["--redis-url", "redis://:geheim@127.0.0.1:1"], "redis://127.0.0.1:1/0 is unreachable: ECONNREFUSED"],
  [["--port", "x"], "--port x is not a port"],
  [["--engine", "other"], "--engine other: expected auto or embedded"],
])("with %j prints one line and exits with 1", async (args, message) => {
  const { code, output, errors } = await runCommand(() => import("../../../local/redis/main"), args);
  expect(code).toBe(1);
  expect(output + errors).toBe(`${message}\n`);
});
