import { head, put } from "@vercel/blob";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runCommand, startCommand } from "@/tests/support/processes/command-line";
import { afterTest } from "@/tests/support/servers/after-test";
import { readSettings } from "../../../local/stack/settings";
import { startStack } from "../../../local/stack/stack";

describe("the command line", () => {
  it("prints its environment, stores blobs, and exits on SIGTERM", async () => {
    const { child, ended, stdio } = startCommand("local/blob/main.ts", ["--port", "0"]);
    await waitUntil("the environment is printed", () => /BLOB_READ_WRITE_TOKEN=\S+\n/.test(stdio.output));
    process.env.VERCEL_BLOB_API_URL = /VERCEL_BLOB_API_URL=(\S+)/.exec(stdio.output)?.[1] ?? "";
    const token = /BLOB_READ_WRITE_TOKEN=(\S+)/.exec(stdio.output)?.[1] ?? "";
    await put("a", "a", { access: "private", token });
    expect((await head("a", { token })).size).toBe(1);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("prints help, and an error for an invalid option", async () => {
    const load = () => import("../../../local/blob/main");
    const help = await runCommand(load, ["--help"]);
    expect(help.code).toBe(0);
    expect(help.output).toContain("--data-dir");
    const wrong = await runCommand(load, ["--token", "mine"]);
    expect(wrong.code).toBe(1);
    expect(wrong.errors).toMatch(/^--token: must look like/);
  });
});

describe("the local stack", () => {
  /** All other backends are external. */
  const externalBackends = {
    DATABASE_URL: "postgresql://u:p@db.example/n",
    UPSTASH_REDIS_REST_URL: "https://redis.example",
    QSTASH_TOKEN: "t",
    STRIPE_SECRET_KEY: "sk_test_x",
    SMTP_URL: "smtp://mail.example",
  };
  const start = (env: Record<string, string>) =>
    startStack({ settings: readSettings({ ...externalBackends, ...env }), dataDir: null, ports: "free" });

  it("starts a blob store and sets its URL and token", async () => {
    const stack = await start({});
    afterTest(() => stack.stop());
    expect(stack.env.VERCEL_BLOB_API_URL).toBe(stack.blob?.url);
    expect(stack.env.BLOB_READ_WRITE_TOKEN).toMatch(/^vercel_blob_rw_local_[0-9a-f]{48}$/);
    expect(stack.backends).toContainEqual(expect.objectContaining({ name: "Files", url: stack.blob?.url }));
  });

  it("starts no blob store when BLOB_READ_WRITE_TOKEN is set", async () => {
    const stack = await start({ BLOB_READ_WRITE_TOKEN: "vercel_blob_rw_store_x" });
    afterTest(() => stack.stop());
    expect(stack.blob).toBeNull();
    expect(stack.env.VERCEL_BLOB_API_URL).toBeUndefined();
  });
});
