import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { startCommand } from "@/tests/support/processes/command-line";
import { afterTest } from "@/tests/support/servers/after-test";
import { apiOf, newToken } from "@/tests/support/servers/telegram";
import { readSettings } from "../../../local/stack/settings";
import { startStack } from "../../../local/stack/stack";

describe("the command line", () => {
  it("prints its URL and exits on SIGTERM", async () => {
    const token = newToken();
    const { child, stdio, ended } = startCommand("local/telegram/main.ts", ["--port", "0", "--token", token]);
    await waitUntil("the URLs are printed", () => /Phones: \S+\n/.test(stdio.output));
    const apiRoot = /^TELEGRAM_API_ROOT=(\S+)$/m.exec(stdio.output)?.[1] ?? "";
    expect(await apiOf(apiRoot, token).getMe()).toMatchObject({ is_bot: true });
    await expect(apiOf(apiRoot, newToken()).getMe()).rejects.toThrow("401: Unauthorized");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
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
    BLOB_READ_WRITE_TOKEN: "t",
    CHAIN_RPC_URL: "https://chain.example",
  };
  const start = (env: Record<string, string>) =>
    startStack({ settings: readSettings({ ...externalBackends, ...env }), dataDir: null, ports: "free" });

  it("starts a Bot API and sets TELEGRAM_API_ROOT", async () => {
    const stack = await start({});
    afterTest(() => stack.stop());
    expect(stack.env.TELEGRAM_API_ROOT).toBe(stack.telegram?.url);
    expect(stack.backends).toContainEqual(
      expect.objectContaining({ name: "Telegram", url: stack.telegram?.url }),
    );
  });

  it("starts none when TELEGRAM_API_ROOT is set", async () => {
    const stack = await start({ TELEGRAM_API_ROOT: "https://api.telegram.org" });
    afterTest(() => stack.stop());
    expect(stack.telegram).toBeNull();
    expect(stack.env.TELEGRAM_API_ROOT).toBeUndefined();
  });
});
