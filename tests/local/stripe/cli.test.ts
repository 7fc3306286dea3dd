import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runCommand, startCommand } from "@/tests/support/processes/command-line";
import { openSession, post, startApp } from "@/tests/support/servers/stripe";

describe("the command line", () => {
  it("prints the environment of an app, works with it, and exits on SIGTERM", async () => {
    const app = await startApp();
    const { STRIPE_SECRET_KEY: _key, STRIPE_WEBHOOK_SECRET: _secret, ...env } = process.env;
    const args = ["--port", "0", "--webhook-url", `${app.url}/hook`];
    const { child, stdio, ended } = startCommand("local/stripe/main.ts", args, env);
    await waitUntil("the environment", () => /WEBHOOK_SECRET=.*\n/.test(stdio.output));
    const printed = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(stdio.output)?.[1] ?? "";
    const { hostname, port } = new URL(printed("STRIPE_API_URL"));
    const sdk = new Stripe(printed("STRIPE_SECRET_KEY"), { host: hostname, port, protocol: "http" });
    await post((await openSession(sdk)).url, "abandoned");
    const [received] = await app.waitFor(1);
    const signature = String(received?.headers["stripe-signature"]);
    const event = sdk.webhooks.constructEvent(
      received?.text ?? "",
      signature,
      printed("STRIPE_WEBHOOK_SECRET"),
    );
    expect(event.type).toBe("checkout.session.expired");
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("prints help, and an error for an invalid option", async () => {
    const load = () => import("../../../local/stripe/main");
    const help = await runCommand(load, ["--help"]);
    const wrong = await runCommand(load, ["--webhook-url", "nowhere"]);
    expect(help.code).toBe(0);
    expect(help.output).toContain("--late-ms");
    expect(wrong.code).toBe(1);
    expect(wrong.errors).toContain("--webhook-url");
  });
});
