import { spawn } from "node:child_process";
import path from "node:path";
import { Client, Receiver } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { until } from "@/tests/support/clients/until";
import { afterTest } from "./support/harness";
import { startReceiver } from "./support/receiver";

function run(...args: string[]) {
  const { QSTASH_TOKEN: _token, ...env } = process.env;
  const main = path.resolve(import.meta.dirname, "../../../local/qstash/main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const running = { output: "", errors: "" };
  child.stdout.on("data", (data: Buffer) => {
    running.output += data;
  });
  child.stderr.on("data", (data: Buffer) => {
    running.errors += data;
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  afterTest(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, running, ended };
}

describe("the command line", () => {
  it("prints what a client needs, is what QSTASH_DEV=true looks for, and ends on SIGTERM", async () => {
    const receiver = await startReceiver();
    afterTest(() => receiver.close());
    const { child, running, ended } = run("--port", "0", "--connect-to", `app.example=${receiver.url}`);
    await until("the environment", () => running.output.includes("NEXT_SIGNING_KEY"));
    const [, port = ""] = /QSTASH_URL=http:\/\/127\.0\.0\.1:(\d+)\n/.exec(running.output) ?? [];
    // The SDK's development mode: it must find this server by its credentials and start no other.
    process.env.QSTASH_DEV_PORT = port;
    try {
      const client = new Client({ devMode: true, retry: false });
      await client.publishJSON({ url: "https://app.example/hook", body: { a: 1 } });
      const [got] = await receiver.waitFor(1);
      const signature = String(got?.headers["upstash-signature"]);
      const verify = new Receiver({ devMode: true }).verify({
        signature,
        body: got?.text ?? "",
        url: "https://app.example/hook",
      });
      await expect(verify).resolves.toBe(true);
    } finally {
      delete process.env.QSTASH_DEV_PORT;
    }
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("says what is wrong and what there is", async () => {
    const help = run("--help");
    const wrong = run("--connect-to", "nowhere");
    expect(await help.ended).toBe(0);
    expect(help.running.output).toContain("--retry-scale");
    expect(await wrong.ended).toBe(1);
    expect(wrong.running.errors).toContain("expected host=url");
  });
});
