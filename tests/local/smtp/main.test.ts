import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { startCommand } from "@/tests/support/processes/command-line";
import { afterTest } from "@/tests/support/servers/after-test";
import { readSettings } from "../../../local/stack/settings";
import { startStack } from "../../../local/stack/stack";

describe("the command line", () => {
  it("prints its URLs and exits on SIGTERM", async () => {
    const args = ["--smtp-port", "0", "--page-port", "0"];
    const { child, stdio, ended } = startCommand("local/smtp/main.ts", args);
    await waitUntil("the URLs are printed", () => /Mailbox: \S+\n/.test(stdio.output));
    expect(stdio.output).toMatch(/^SMTP_URL=smtp:\/\/127\.0\.0\.1:\d+$/m);
    const page = await fetch(/Mailbox: (\S+)/.exec(stdio.output)?.[1] ?? "");
    expect(page.headers.get("content-type")).toContain("text/html");
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
  };
  const start = (env: Record<string, string>) =>
    startStack({ settings: readSettings({ ...externalBackends, ...env }), dataDir: null, ports: "free" });

  it("starts a mail catcher and sets SMTP_URL", async () => {
    const stack = await start({});
    afterTest(() => stack.stop());
    expect(stack.env.SMTP_URL).toBe(stack.mail?.smtpUrl);
    expect(stack.env.MAIL_FROM).toContain("@");
    expect(stack.backends).toContainEqual(
      expect.objectContaining({ name: "Mail", url: stack.mail?.pageUrl }),
    );
  });

  it("starts no mail catcher when SMTP_URL is set", async () => {
    const stack = await start({ SMTP_URL: "smtp://mail.example" });
    afterTest(() => stack.stop());
    expect(stack.mail).toBeNull();
    expect(stack.env.SMTP_URL).toBeUndefined();
  });
});
