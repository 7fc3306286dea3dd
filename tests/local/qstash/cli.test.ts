import { Client, Receiver } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runCommand, startCommand } from "@/tests/support/processes/command-line";
import { afterTest } from "@/tests/support/servers/after-test";
import { startReceiver } from "@/tests/support/servers/receiver";

describe("the command line", () => {
  it("prints the environment of clients, is found by QSTASH_DEV=true, and exits on SIGTERM", async () => {
    const receiver = await startReceiver();
    afterTest(() => receiver.close());
    const { QSTASH_TOKEN: _token, ...env } = process.env;
    const args = ["--port", "0", "--connect-to", `app.example=${receiver.url}`];
    const { child, stdio, ended } = startCommand("local/qstash/main.ts", args, env);
    await waitUntil("the environment", () => stdio.output.includes("NEXT_SIGNING_KEY"));
    const [, port = ""] = /QSTASH_URL=http:\/\/127\.0\.0\.1:(\d+)\n/.exec(stdio.output) ?? [];
    // The SDK's development mode must find this server by its credentials and not start its own.
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

  it("prints help, and an error for an invalid option", async () => {
    const load = () => import("../../../local/qstash/main");
    const help = await runCommand(load, ["--help"]);
    const wrong = await runCommand(load, ["--connect-to", "nowhere"]);
    expect(help.code).toBe(0);
    expect(help.output).toContain("--retry-scale");
    expect(wrong.code).toBe(1);
    expect(wrong.errors).toContain("expected host=url");
  });
});
