import { spawn } from "node:child_process";
import path from "node:path";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { until } from "@/tests/support/clients/until";
import { afterTest, openSession, post, startApp } from "./support/harness";

function run(...args: string[]) {
  const { STRIPE_SECRET_KEY: _key, STRIPE_WEBHOOK_SECRET: _secret, ...env } = process.env;
  const main = path.resolve(import.meta.dirname, "../../../local/stripe/main.ts");
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
  it("prints what an app needs, works with it, and ends on SIGTERM", async () => {
    const app = await startApp();
    const { child, running, ended } = run("--port", "0", "--webhook-url", `${app.url}/hook`);
    await until("the environment", () => /WEBHOOK_SECRET=.*\n/.test(running.output));
    const printed = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(running.output)?.[1] ?? "";
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

  it("says what is wrong and what there is", async () => {
    const help = run("--help");
    const wrong = run("--webhook-url", "nowhere");
    expect(await help.ended).toBe(0);
    expect(help.running.output).toContain("--late-ms");
    expect(await wrong.ended).toBe(1);
    expect(wrong.running.errors).toContain("--webhook-url");
  });
});
