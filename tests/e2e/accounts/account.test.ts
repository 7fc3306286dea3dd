import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import {
  BROWSER_PASSWORD,
  signInInBrowser,
  signUpInBrowser,
  waitForMailedLink,
} from "@/tests/support/clients/browser-accounts";
import { saveName, visit } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

/** An account in Chromium: profile, password, address and recovery. Mails arrive in the local mailbox. */

const { app, database, openContext } = await startBrowserTests();

async function open(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  await visit(page, path);
  return page;
}

const status = async (context: BrowserContext) => (await context.request.get("/api/me")).status();
const main = (page: Page) => page.getByRole("main");
const focusedName = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("name"));
const NEW_PASSWORD = "seven paper umbrellas";

/** Ages the last password confirmation by two hours and flushes Redis, so that it is read from Postgres. */
async function expireConfirmation(userId: string): Promise<void> {
  await database.query(
    `UPDATE "Session" SET "authenticatedAt" = now() - interval '2 hours' WHERE "userId" = $1`,
    [userId],
  );
  const emptied = await fetch(app.env.UPSTASH_REDIS_REST_URL ?? "", {
    method: "POST",
    headers: { authorization: `Bearer ${app.env.UPSTASH_REDIS_REST_TOKEN}` },
    body: JSON.stringify(["FLUSHALL"]),
  });
  expect(emptied.ok).toBe(true);
}

describe("a new account", () => {
  it("confirms its address by the mailed link and can then become an artist", async () => {
    const context = await openContext();
    const { email } = await signUpInBrowser(context);
    const page = await open(context, "/me");
    await page.getByText("Email not confirmed yet").waitFor();
    expect(await page.getByRole("button", { name: "Become an artist" }).count()).toBe(0);
    const first = await waitForMailedLink(app, email, "/confirm-email");
    await page.getByRole("button", { name: "Resend the email" }).click();
    await page.getByText("Sent. The link works for 24 hours.").waitFor();
    const link = await waitForMailedLink(app, email, "/confirm-email", first);
    const confirm = page.getByRole("button", { name: "Confirm email" });
    await visit(page, first);
    await confirm.click();
    await page.getByText("This link no longer works.").waitFor();
    await visit(page, link);
    await confirm.click();
    await page.getByText("Thanks.").waitFor();
    await page.getByRole("link", { name: "Go to your profile" }).click();
    await page.waitForURL("**/me");
    await page.getByText("Email confirmed").waitFor();

    await page.getByRole("button", { name: "Become an artist" }).click();
    await page.getByText("Your products are in the shop").waitFor();
    await page.getByRole("link", { name: "Sell something" }).click();
    await page.waitForURL("**/shop/new");
    await page.getByLabel("Price per item").waitFor();

    await visit(page, link);
    await confirm.click();
    await page.getByText("This link no longer works.").waitFor();
  });

  it("can change its name; an invalid name shows an error and gets the focus", async () => {
    const context = await openContext();
    await signUpInBrowser(context, "Before");
    const page = await open(context, "/me");
    await page.getByRole("textbox", { name: "Name" }).fill("   ");
    await saveName(page).click();
    expect(await focusedName(page)).toBe("name");
    await page.getByText("This field is required").waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("Ночной трамвай 🚋");
    await saveName(page).click();
    await page.getByText("Name changed").waitFor();
    await expect.poll(() => main(page).locator("p.display").textContent()).toBe("Ночной трамвай 🚋");
    await page.getByRole("group", { name: "Language" }).getByRole("button", { name: /^RU/ }).last().click();
    await page.getByRole("heading", { name: "Язык и оформление" }).waitFor();
    await expect
      .poll(async () => {
        const { rows } = await database.query(`SELECT locale FROM "User" WHERE name = 'Ночной трамвай 🚋'`);
        return rows[0]?.locale;
      })
      .toBe("ru");
  });
});

describe("a password", () => {
  it("is changed with the current password, revokes other sessions, and works immediately", async () => {
    const [context, other] = [await openContext(), await openContext()];
    const account = await signUpInBrowser(context);
    expect(await signInInBrowser(other, account)).toBe(200);
    const page = await open(context, "/me/security");
    const change = page.getByRole("button", { name: "Change password" });
    await page.getByLabel("Current password").fill("not the one");
    await page.getByLabel("New password").fill("short");
    await change.click();
    expect(await focusedName(page)).toBe("newPassword");
    await page.getByLabel("New password").fill("password123");
    await page.getByText("Weak").waitFor();
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await page.getByText("Strong password.").waitFor();
    await change.click();
    await expect.poll(() => focusedName(page)).toBe("currentPassword");
    expect(await page.getByLabel("New password").inputValue()).toBe(NEW_PASSWORD);
    await page.getByLabel("Current password").fill(BROWSER_PASSWORD);
    await change.click();
    await page.getByText("Password changed.").waitFor();
    expect(await page.getByLabel("Current password").inputValue()).toBe("");
    expect([await status(context), await status(other)]).toEqual([200, 401]);
    expect([
      await signInInBrowser(other, account),
      await signInInBrowser(other, account, NEW_PASSWORD),
    ]).toEqual([401, 200]);
  });

  it("is not requested twice when its own change requires a fresh confirmation", async () => {
    const context = await openContext();
    const account = await signUpInBrowser(context);
    await expireConfirmation(account.id);
    const page = await open(context, "/me/security");
    const change = page.getByRole("button", { name: "Change password" });
    await page.getByLabel("Current password").fill("not the one");
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await change.click();
    await expect.poll(() => focusedName(page)).toBe("currentPassword");
    await page.getByLabel("Current password").fill(BROWSER_PASSWORD);
    await change.click();
    await page.getByText("Password changed.").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("is requested again before the address changes; then the call continues, or is cancelled with the dialog", async () => {
    const context = await openContext();
    const account = await signUpInBrowser(context);
    const newAddress = `new-${account.email}`;
    await expireConfirmation(account.id);
    const page = await open(context, "/me/security");
    const send = page.getByRole("button", { name: "Send the link" });
    const dialog = page.getByRole("dialog", { name: "Enter your password again" });
    await page.getByLabel("New address").fill(newAddress);
    await send.click();
    await dialog.waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByText("Please give your password again for this").waitFor();
    expect(await page.getByLabel("New address").inputValue()).toBe(newAddress);

    await send.click();
    await dialog.getByLabel("Password", { exact: true }).fill("wrong");
    await page.keyboard.press("Enter");
    await dialog.getByText("The password is wrong").waitFor();
    expect(await focusedName(page)).toBe("password");
    await dialog.getByLabel("Password", { exact: true }).fill(BROWSER_PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByText(`We've sent a link to ${newAddress}.`).waitFor();
    expect(await dialog.count()).toBe(0);

    await visit(page, await waitForMailedLink(app, newAddress, "/confirm-email"));
    await page.getByRole("button", { name: "Confirm email" }).click();
    await page.getByRole("link", { name: "Go to your profile" }).click();
    await main(page).getByText(newAddress).waitFor();
  });

  it("is reset once by a mailed link, which signs out every device", async () => {
    const [context, stranger] = [await openContext(), await openContext()];
    const account = await signUpInBrowser(context);
    const page = await open(stranger, "/sign-in");
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.waitForURL("**/forgot-password");
    await page.getByLabel("Email").fill(account.email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("Check your email").waitFor();

    const link = await waitForMailedLink(app, account.email, "/reset-password");
    await visit(page, link);
    await page.getByLabel("New password").fill("qwertyuiop");
    await page.getByRole("button", { name: "Save password" }).click();
    await expect.poll(() => focusedName(page)).toBe("password");
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Save password" }).click();
    await page.waitForURL(/\/sign-in\?reset/);
    await page.getByText("Your new password is saved").waitFor();
    expect(await status(context)).toBe(401);
    await page.getByLabel("Email").fill(account.email);
    await page.getByLabel("Password", { exact: true }).fill(NEW_PASSWORD);
    await page.locator("form").getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${app.url}/`);

    await visit(page, link);
    await page.getByText("You're signed in as").waitFor();
    await page.getByLabel("New password").fill(`${NEW_PASSWORD} again`);
    await page.getByRole("button", { name: "Save password" }).click();
    await page.getByText("This link no longer works.").waitFor();
    await page.getByRole("link", { name: "Send a new link" }).click();
    expect(await page.getByLabel("Email").inputValue()).toBe(account.email);
  });

  it("recovery responds the same for an unknown address, and invalid links open nothing", async () => {
    const page = await open(await openContext(), "/forgot-password");
    await page.getByLabel("Email").fill("nobody@normaldance.test");
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("Check your email").waitFor();

    for (const query of ["", "?token=", "?token=a&token=b"]) {
      await visit(page, `/reset-password${query}`);
      await page.getByText("This link no longer works.").waitFor();
      await visit(page, `/confirm-email${query}`);
      await page.getByText("This link no longer works.").waitFor();
    }
    await visit(page, `/reset-password?token=${"A".repeat(64)}`);
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Save password" }).click();
    await page.getByText("This link no longer works.").waitFor();
  });
});

describe("an administrator's change", () => {
  it("requires a recent password confirmation, and continues after it", async () => {
    const [userContext, adminContext] = [await openContext(), await openContext()];
    const person = await signUpInBrowser(userContext, "Promoted Person");
    expect(await signInInBrowser(adminContext, { email: "admin@normaldance.test" }, "normaldance")).toBe(200);
    const { user } = await (await adminContext.request.get("/api/me")).json();
    await expireConfirmation(user.id);
    const page = await open(adminContext, `/admin/people?q=${encodeURIComponent(person.email)}`);
    await page.getByRole("button", { name: /Promoted Person/ }).click();
    await page.getByRole("radio", { name: "Artist" }).check();
    await page.getByRole("textbox", { name: "Reason" }).fill("they asked");
    await page.locator("form button[type=submit]").last().click();
    const dialog = page.getByRole("dialog", { name: "Enter your password again" });
    await dialog.getByLabel("Password", { exact: true }).fill("normaldance");
    await page.keyboard.press("Enter");
    await expect
      .poll(async () => (await database.query(`SELECT role FROM "User" WHERE id = $1`, [person.id])).rows)
      .toEqual([{ role: "artist" }]);
    await dialog.waitFor({ state: "hidden" });
  });
});

describe("the sign-in page", () => {
  it("shows how long to wait after too many attempts, and keeps the input", async () => {
    const { email } = await signUpInBrowser(await openContext());
    const page = await open(await openContext(), "/sign-in");
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password", { exact: true }).fill("a wrong one");
    const button = page.locator("form").getByRole("button", { name: "Sign in" });
    const wait = page.getByText(/^Try again in \d+ (second|minute)s?\.$/).first();
    await expect
      .poll(async () => {
        if (!(await wait.isVisible())) await button.click();
        return wait.isVisible();
      })
      .toBe(true);
    expect(await page.getByLabel("Email").inputValue()).toBe(email);
  });
});

describe("the pages of an account", () => {
  it("redirect anonymous viewers to sign in and back", async () => {
    const page = await open(await openContext(), "/me");
    for (const path of ["/me", "/me/devices", "/me/security"]) {
      await visit(page, path);
      expect(new URL(page.url()).searchParams.get("next")).toBe(path);
    }
  });

  it("have no serious axe violations in both languages and themes, on a phone and a desktop", async () => {
    const problems: string[] = [];
    for (const [locale, width, theme] of [
      ["ru-RU", 390, "dark"],
      ["en-US", 1440, "light"],
    ] as const) {
      const options = { locale, viewport: { width, height: 900 } };
      const context = await openContext(options);
      const account = await signUpInBrowser(context, "Александра Константинопольская-Шереметьева");
      expect(await signInInBrowser(await openContext(), account)).toBe(200);
      const stranger = await openContext(options);
      for (const [who, paths] of [
        [context, ["/me", "/me/devices", "/me/security"]],
        [
          stranger,
          [
            "/sign-in?ended=1",
            "/sign-up",
            "/forgot-password",
            "/reset-password?token=x",
            "/confirm-email?token=x",
          ],
        ],
      ] as const) {
        await who.addInitScript(`localStorage.setItem("theme", "${theme}")`);
        const page = await who.newPage();
        for (const path of paths) {
          await visit(page, path);
          expect(await page.locator("html").getAttribute("lang")).toBe(locale.slice(0, 2));
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (wider > 0) problems.push(`${path} ${width}: wider than the screen by ${wider}`);
          const found = await seriousViolations(page);
          problems.push(...found.map((problem) => `${path} ${width} ${theme}: ${problem}`));
        }
      }
    }
    expect(problems).toEqual([]);
  });
});
