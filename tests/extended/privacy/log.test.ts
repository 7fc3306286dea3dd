import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { z } from "zod";
import { POST as forgotPassword } from "@/app/api/auth/forgot-password/route";
import { POST as resetPassword } from "@/app/api/auth/reset-password/route";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { defineRoute } from "@/app/api/define-route";
import { GET as download } from "@/app/api/deliveries/[id]/download/route";
import { GET as readOrder } from "@/app/api/orders/[id]/route";
import { POST as placeOrder } from "@/app/api/orders/route";
import { POST as receiveEvent } from "@/app/api/webhooks/payments/route";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { log } from "@/lib/core/log";
import { logConsole } from "@/lib/core/log-console";
import { db, transaction } from "@/lib/db";
import { backgroundTaskService, enqueue } from "@/lib/tasks";
import { type MailCatcher, startMailCatcher } from "@/local/smtp";
import { type ApiResponse, call } from "@/tests/support/clients/call";
import { extractLinkToken, waitForMailText } from "@/tests/support/clients/mailbox";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createTestProduct } from "@/tests/support/factories/shop";
import { stopShopServer } from "@/tests/support/factories/shop-server";

/** All log lines of the process at the most verbose level. */
const lines = vi.hoisted((): string[] => []);
vi.mock("pino", async (original) => {
  const actual = await original<typeof import("pino")>();
  const captured = (options: import("pino").LoggerOptions) =>
    actual.pino({ ...options, level: "trace" }, { write: (line) => lines.push(line) });
  return { ...actual, pino: Object.assign(captured, actual.pino) };
});

let catcher: MailCatcher;

beforeAll(async () => {
  catcher = await startMailCatcher({ dataDir: null });
  process.env.SMTP_URL = catcher.smtpUrl;
  for (const method of ["log", "info", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      lines.push(args.map(String).join(" "));
    });
  }
});
afterAll(async () => {
  vi.restoreAllMocks();
  await stopShopServer();
  await catcher.close();
});

const mark = newId().slice(-12);
const email = `mira.${mark}@people.example`;
const name = `Mira ${mark}`;
const password = `first-${mark}`;
const wrongPassword = `wrong-${mark}`;
const nextPassword = `next-${mark}`;

/** Texts that must be in no line, with what they are. */
const secrets = new Map<string, string>([
  [email, "address"],
  [name, "name"],
  [mark, "part of an address, a name and all passwords"],
]);

function registerSecret(what: string, value: unknown): string {
  const text = z.string().min(6).parse(value);
  secrets.set(text, what);
  return text;
}

/** Registers the session's tokens, in cookies and in the body. */
function registerTokens({ headers, body }: ApiResponse): string {
  for (const cookie of headers.getSetCookie()) {
    const value = /^[^=]+=([^;]*)/.exec(cookie)?.[1] ?? "";
    if (value.length > 5) registerSecret("cookie", value);
  }
  if (body.refreshToken) registerSecret("refresh token", body.refreshToken);
  return registerSecret("access token", body.accessToken);
}

const english = { "accept-language": "en" };

it("no log line contains a secret, a token, a cookie, a password or a user's address", async () => {
  // Accounts.
  registerTokens(await call(signUp, { body: { email, password, name }, headers: english }));
  await call(signUp, { body: { email, password, name } });
  const token = registerTokens(await call(signIn, { body: { email, password } }));
  const tokens = await call(signIn, { body: { email, password }, query: "?tokens=body" });
  registerTokens(tokens);
  expect((await call(signIn, { body: { email, password: wrongPassword } })).status).toBe(401);
  expect((await call(signIn, { body: `{"email":"${email}","password":"${wrongPassword}` })).status).toBe(400);
  expect((await call(signIn, { body: { email: `${mark} @`, password: wrongPassword } })).status).toBe(400);
  await call(readOrder, { token: `${token}x`, params: { id: newId() } });

  // A password reset by mail.
  expect((await call(forgotPassword, { body: { email }, headers: english })).status).toBe(202);
  const resetToken = registerSecret(
    "reset token",
    extractLinkToken(await waitForMailText(catcher, email, /password/i), "/reset-password"),
  );
  const reset = () => call(resetPassword, { body: { token: resetToken, password: nextPassword } });
  expect((await reset()).status).toBe(200);
  expect((await reset()).status).toBe(400);
  const signedIn = await call(signIn, { body: { email, password: nextPassword } });
  expect(signedIn.status).toBe(200);
  const access = registerTokens(signedIn);

  // An order that is paid, delivered and downloaded.
  const product = await createTestProduct({ stock: 3 });
  const placed = await call(placeOrder, { token: access, body: { productId: product.id } });
  expect(placed.status).toBe(201);
  await fetch(registerSecret("checkout", placed.body.checkoutUrl), {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ result: "paid" }),
    redirect: "manual",
  });
  const orderResponse = () => call(readOrder, { token: access, params: { id: placed.body.order.id } });
  await waitUntil(
    "the order is delivered",
    async () => (await orderResponse()).body.order.status === "delivered",
  );
  const [delivery] = (await orderResponse()).body.order.deliveries;
  const code = registerSecret("ticket code", delivery.code);
  await call(download, { params: { id: delivery.id }, query: `?code=${code}` });
  const signature = registerSecret("signature", `t=1,v1=${"a".repeat(64)}`);
  const forged = await call(receiveEvent, {
    method: "POST",
    body: "{}",
    headers: { "stripe-signature": signature },
  });
  expect(forged.status).toBe(401);

  // Mails that fail: the server's response quotes the recipient.
  catcher.fail({ kind: "answer", code: 451, to: email, times: 1 });
  const late = await backgroundTaskService.sendEmail(email, `Subject ${mark}`, `Body ${mark}`);
  await waitUntil("the mail was sent", async () => (await taskState(late)) === "done");
  catcher.fail({ kind: "answer", code: 550, to: email });
  const dead = await backgroundTaskService.sendEmail(email, `Subject ${mark}`, `Body ${mark}`);
  await waitUntil("the task is dead", async () => (await taskState(dead)) === "dead");
  catcher.heal();
  const unknown = await transaction((tx) =>
    enqueue(tx, "deliver-goods", { orderId: newId() }, { key: newId() }),
  );
  await waitUntil("the task has ended", async () => ["dead", "done"].includes(await taskState(unknown.id)));

  // Errors that a route may throw, with all their data.
  const failing: (() => Promise<unknown>)[] = [
    () => db().user.create({ data: { email, name, passwordHash: password } as never }),
    () => db().$executeRaw`INSERT INTO "User" (id, email, name) VALUES (${newId()}::uuid, ${email}, ${name})`,
    () => db().$queryRawUnsafe(`SELECT '${email}'::uuid`),
    () => fetch(`http://${mark}:${password}@127.0.0.1:1/?token=${access}`),
    () => fetch(`http://127.0.0.1:59999/reset-password?token=${resetToken}`),
    async () => JSON.parse(`{"password": ${password}}`),
    async () => {
      const headers = { authorization: `Bearer ${access}`, cookie: `nd_access=${access}` };
      throw Object.assign(new Error(`refused for ${email} with Bearer ${access}`), {
        headers,
        config: { auth: { password } },
        request: { body: JSON.stringify({ email, password }) },
      });
    },
    async () => {
      throw new Error("outer", { cause: new Error(`${env().AUTH_SECRET} of ${env().DATABASE_URL}`) });
    },
  ];
  for (const fail of failing) {
    const broken = defineRoute(
      { summary: "", auth: "public", response: z.never() },
      async () => (await fail()) as never,
    );
    expect(
      (await call(broken, { token: access, query: `?token=${resetToken}&email=${email}` })).status,
    ).toBeGreaterThanOrEqual(500);
  }
  log().warn(
    { email, user: { email, password }, request: { headers: { cookie: access, authorization: access } } },
    "x",
  );

  // What Next prints to the console in production.
  logConsole();
  console.error(" ⨯", Object.assign(new Error(`no page for ${email}`), { digest: "1", values: [password] }), {
    email,
  });
  console.warn("a library warns of", `Bearer ${access}`, { address: email });

  for (const [variable, value] of Object.entries(env())) {
    if (/_(TOKEN|SECRET|KEY)$/.test(variable) && String(value).length >= 8)
      secrets.set(String(value), variable);
  }
  const loggedText = lines.join("\n");
  expect(lines.length).toBeGreaterThan(30);
  for (const line of [
    "request failed",
    "task done",
    "mail sent",
    "it will be retried",
    "no page for [address]",
    "a library warns of Bearer [redacted]",
  ])
    expect(loggedText).toContain(line);
  const leaks = [...secrets].flatMap(([secret, what]) => {
    const line = lines.find((each) => each.includes(secret));
    return line ? [`${what}: ${line}`] : [];
  });
  expect(leaks).toEqual([]);
});

const taskState = async (id: string) => (await db().task.findUniqueOrThrow({ where: { id } })).state;
