import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { seriousViolations } from "@/tests/support/clients/browser";
import {
  type BrowserAccount,
  signInInBrowser,
  signUpInBrowser,
} from "@/tests/support/clients/browser-accounts";
import { visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

const { database, openContext } = await startBrowserTests();

/** A new user, signed in in a separate browser context. */
async function newUser(
  options: BrowserContextOptions = {},
): Promise<{ page: Page; account: BrowserAccount }> {
  const context = await openContext(options);
  const account = await signUpInBrowser(context);
  return { page: await context.newPage(), account };
}

async function newAdministrator(): Promise<{ page: Page; account: BrowserAccount }> {
  const { page, account } = await newUser();
  await database.query(`UPDATE "User" SET role = 'admin' WHERE id = $1`, [account.id]);
  // Tokens contain the role, so the new one needs a new sign-in.
  expect(await signInInBrowser(page.context(), account)).toBe(200);
  return { page, account };
}

/** Inserts a notification directly; how the app creates one is tested in other files. */
async function insertNotification(
  { id: userId }: BrowserAccount,
  title: string,
  kind = "general",
  data: unknown = null,
): Promise<void> {
  const id = newId();
  await database.query(
    `INSERT INTO "Notification" (id, "userId", kind, title, data, key) VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, userId, kind, title, data === null ? null : JSON.stringify(data), id],
  );
}

const bellOf = (page: Page) =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Notif/ });

describe("notifications", () => {
  it("are shown in the user's language, and the bell counts the unread ones", async () => {
    const { page, account } = await newUser();
    const data = {
      orderId: newId(),
      title: "Midnight Tram",
      amountMinor: 1_290,
      currency: "USD",
      quantity: 2,
    };
    await insertNotification(account, "", "sale", data);
    await insertNotification(account, "Anything else");
    await visit(page, "/notifications");
    expect(await bellOf(page).textContent()).toContain("2 new");
    expect(await page.getByRole("heading", { name: /Sold: Midnight Tram/ }).count()).toBe(1);
    expect(await page.getByText("2 items for $12.90").count()).toBe(1);
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole("button", { name: "Mark as read: Anything else" }).click();
    await expect.poll(() => bellOf(page).textContent()).toContain("1 new");
    await page.getByRole("button", { name: "Mark all as read" }).click();
    await expect.poll(() => bellOf(page).textContent()).toContain("nothing new");
    await page.getByText("All read").waitFor();

    await insertNotification(account, "", "sale", { ...data, title: "Another one" });
    await page.reload();
    await waitForHydration(page);
    await page.getByRole("link", { name: "Sold: Another one" }).click();
    await page.waitForURL(`**/orders/${data.orderId}`);
    await expect.poll(() => bellOf(page).textContent()).toContain("nothing new");
    await page.context().close();
  });

  it("lead to their subject from the whole row, and from a name to the person", async () => {
    const [{ page, account }, other] = [
      await newUser({ viewport: { width: 390, height: 844 } }),
      await newUser(),
    ];
    const { rows } = await database.query(`SELECT handle, name FROM "User" WHERE id = $1`, [
      other.account.id,
    ]);
    const { handle, name } = rows[0];
    const chatId = newId();
    const mention = { chatId, messageId: newId(), chatTitle: "Mixing" };
    const named = { authorId: other.account.id, authorName: name };
    await insertNotification(account, "", "mention", { ...mention, ...named });
    const invitation = { chatId, chatTitle: "Mixing", byId: other.account.id, byName: name };
    await insertNotification(account, "", "chat_invite", invitation);
    await visit(page, "/notifications");
    const rowOf = (text: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: text });
    for (const text of ["mentioned you", "Added by"]) {
      const person = rowOf(text).getByRole("link", { name, exact: true });
      expect(await person.getAttribute("href")).toBe(`/u/${handle}`);
      expect((await person.boundingBox())?.height).toBeGreaterThanOrEqual(24);
    }
    expect(await seriousViolations(page)).toEqual([]);
    await rowOf("Added by").getByRole("link", { name, exact: true }).click();
    await page.waitForURL(`**/u/${handle}`);
    await visit(page, "/notifications");
    expect(
      await rowOf("mentioned you")
        .getByRole("link", { name: `${name} mentioned you` })
        .count(),
    ).toBe(1);
    // Beside the words: at the row's picture.
    await rowOf("mentioned you").click({ position: { x: 30, y: 30 } });
    await page.waitForURL(`**/chat/${chatId}`);
    for (const { page: opened } of [{ page }, other]) await opened.context().close();
  });

  it("can be read and marked without scripts; later ones stay unread", async () => {
    const { page, account } = await newUser({ javaScriptEnabled: false });
    await page.goto("/notifications");
    expect(await page.getByRole("heading", { name: "Silence so far" }).count()).toBe(1);
    for (let index = 1; index <= 22; index += 1) await insertNotification(account, `Number ${index}`);
    await page.goto("/notifications");
    expect(await page.getByText("22 unread").count()).toBe(1);
    await insertNotification(account, "Late");
    await page.getByRole("button", { name: "Mark all as read" }).click();
    await page.getByText("1 unread").waitFor();
    expect(await page.getByRole("button", { name: "Mark as read: Late" }).count()).toBe(1);
    await page.getByRole("link", { name: "Older" }).click();
    await page.waitForURL(/cursor=/);
    await page.getByRole("heading", { name: "Number 1", exact: true }).waitFor();
    await page.context().close();
  });

  it("redirect an anonymous viewer to sign in", async () => {
    const context = await openContext();
    const page = await context.newPage();
    await visit(page, "/notifications");
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe("/sign-in?next=/notifications");
    await context.close();
  });
});

describe("the console", () => {
  const paths = [
    ...["/admin", "/admin/tasks", "/admin/alerts", "/admin/analytics"],
    ...["/admin/people", `/admin/people/${newId()}`, "/admin/limits", "/admin/audit", "/admin/views"],
    ...["/admin/caches", "/admin/live", "/admin/redis", "/admin/redis/keys"],
  ];

  it("returns 404 to a user who is not an administrator", async () => {
    const { page } = await newUser();
    for (const path of paths) expect((await visit(page, path))?.status()).toBe(404);
    await page.context().close();
  });

  it("links an alert to its dead task, whose replay closes the alert", async () => {
    // The task's user does not exist, so its replay succeeds.
    const id = newId();
    await database.query(
      `INSERT INTO "Task" (id, queue, key, version, payload, state, error, "dueAt", "deadlineAt", "finishedAt")
       VALUES ($1, 'notifications', $2, 2, $3, 'dead', 'Error: out of luck', now(), now() + interval '1 day', now())`,
      [id, id, JSON.stringify({ userId: newId(), kind: "general", title: "Hello" })],
    );
    await database.query(
      `INSERT INTO "Alert" (id, kind, subject, message) VALUES ($1, 'task_dead', $2, 'dead')`,
      [newId(), id],
    );
    const { page } = await newAdministrator();
    await visit(page, "/admin/alerts");
    expect(await seriousViolations(page)).toEqual([]);
    const alert = page.getByRole("article").filter({ hasText: id });
    await alert.getByRole("link", { name: "View task" }).click();
    await page.waitForURL(`**/admin/tasks/${id}`);
    const task = page.getByRole("article").filter({ hasText: id });
    await task.getByText("Error: out of luck").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await task.getByRole("button", { name: "Replay" }).click();
    const form = task.getByRole("form", { name: "Replay" });
    await form.getByRole("textbox", { name: "Reason" }).fill("luck is back");
    await form.getByRole("button", { name: "Replay" }).click();
    const stateOf = async () =>
      (await database.query(`SELECT state FROM "Task" WHERE id = $1`, [id])).rows[0].state;
    await expect.poll(stateOf).toBe("done");
    await visit(page, "/admin/alerts");
    expect(await alert.count()).toBe(0);
    await page.context().close();
  });

  it("closes an alert with a reason", async () => {
    const subject = `order:${newId()}`;
    await database.query(
      `INSERT INTO "Alert" (id, kind, subject, message) VALUES ($1, 'payment_mismatch', $2, 'does not add up')`,
      [newId(), subject],
    );
    const { page } = await newAdministrator();
    // It shows on every page of an administrator.
    await visit(page, "/shop");
    await page
      .getByRole("link", { name: /open alert/ })
      .first()
      .click();
    await page.waitForURL("**/admin/alerts");
    const alert = page.getByRole("article").filter({ hasText: subject });
    await alert.getByRole("button", { name: "Close" }).click();
    const form = page.getByRole("form", { name: "Close this alert?" });
    await form.getByRole("textbox", { name: "Reason" }).fill("refunded by hand");
    await form.getByRole("button", { name: "Close" }).click();
    await expect.poll(() => alert.count()).toBe(0);
    const { rows } = await database.query(
      `SELECT e.data->>'reason' AS reason FROM "AuditEntry" e JOIN "Alert" a ON e.subject = 'alert:' || a.id
       WHERE a.subject = $1`,
      [subject],
    );
    expect(rows).toEqual([{ reason: "refunded by hand" }]);
    await page.context().close();
  });

  it("counts an opened post and shows it", async () => {
    const { page, account } = await newAdministrator();
    await visit(page, "/");
    await page.locator('article a[href^="/posts/"]').first().click();
    await page.waitForURL(/\/posts\//);
    const count = async () =>
      (
        await database.query(
          `SELECT count(*)::int AS n FROM "AnalyticsEvent" WHERE name = 'post.opened' AND "userId" = $1`,
          [account.id],
        )
      ).rows[0].n;
    await expect.poll(count).toBe(1);
    await visit(page, "/admin/analytics");
    expect(await page.getByRole("rowheader", { name: "post.opened" }).count()).toBe(1);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole("link", { name: "90 days" }).click();
    await page.waitForURL(/days=90/);
    await page.context().close();
  });
});
