import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { newClientAddress } from "@/tests/support/clients/browser-accounts";
import { visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

const { app, database, openContext } = await startBrowserTests();

/** A new English browser context, signed in through the form. */
async function signedIn(email: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await openContext();
  const page = await context.newPage();
  await visit(page, "/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("normaldance");
  await page.locator("form").getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${app.url}/`);
  return { context, page };
}

/** The exact count, as for a screen reader. */
async function countOn(page: Page): Promise<number> {
  const text = await page
    .getByRole("main")
    .getByText(/^[\d,]+ views?$/)
    .first()
    .textContent();
  return Number(text?.replace(/\D/g, ""));
}

async function postTitled(title: string): Promise<{ id: string; views: number; rows: number }> {
  const { rows } = await database.query(
    `SELECT p.id, p.views, p."viewsBase", (SELECT count(*)::int FROM "PostView" v WHERE v."postId" = p.id) AS rows
     FROM "Post" p WHERE p.title = $1`,
    [title],
  );
  const [post] = rows;
  expect(post.views).toBe(post.viewsBase + post.rows);
  return post;
}

const sync = async (page: Page) => {
  const response = await page.request.post("/api/posts/sync-views");
  return { status: response.status(), body: await response.json() };
};

describe("a view, from the browser to Postgres", () => {
  it("is shown live to the viewer and in other browsers, and a sync writes it to Postgres", async () => {
    const artist = await signedIn("artist@normaldance.test");
    const title = `Проверка звука ${Date.now()}`;
    await visit(artist.page, "/posts/new");
    await artist.page.getByLabel("Title").fill(title);
    await artist.page.getByRole("button", { name: "Put it on stage" }).click();
    await artist.page.waitForURL(/\/posts\/[0-9a-f-]{36}$/);
    const url = artist.page.url();
    expect(await countOn(artist.page)).toBe(0);

    const second = await openContext();
    const onlooker = await second.newPage();
    await visit(onlooker, url);
    expect(await countOn(onlooker)).toBe(0);

    const listener = await signedIn("listener@normaldance.test");
    await visit(listener.page, "/");
    await listener.page.getByRole("link", { name: title }).first().click();
    await listener.page.waitForURL(url);
    await expect.poll(() => countOn(listener.page)).toBe(1);
    await expect.poll(() => countOn(onlooker)).toBe(1);
    await expect.poll(() => countOn(artist.page)).toBe(1);

    // Repeated views and the author's views are not counted.
    await listener.page.reload();
    await waitForHydration(listener.page);
    await artist.page.reload();
    await waitForHydration(artist.page);
    await listener.page.waitForLoadState("networkidle");
    expect(await countOn(listener.page)).toBe(1);

    const admin = await signedIn("admin@normaldance.test");
    expect((await sync(listener.page)).status).toBe(403);
    expect(await sync(admin.page)).toMatchObject({
      status: 200,
      body: { message: "Synchronization completed" },
    });
    expect(await postTitled(title)).toMatchObject({ views: 1, rows: 1 });
    await onlooker.reload();
    await waitForHydration(onlooker);
    expect(await countOn(onlooker)).toBe(1);
    for (const { context } of [artist, listener, admin, { context: second }]) await context.close();
  });

  it("of the feed counts only the cards that were visible, in one request", async () => {
    const { context, page } = await signedIn("roma@normaldance.test");
    const request = page.waitForRequest((sent) => sent.url().endsWith("/api/posts/views-batch"));
    const sent: string[] = [];
    page.on("request", (each) => {
      if (each.url().includes("/api/posts/view")) sent.push(each.url());
    });
    await visit(page, "/");
    const { postIds } = (await request).postDataJSON() as { postIds: string[] };
    const cards = await page.locator("[data-post-id]").count();
    expect(postIds.length).toBeGreaterThan(0);
    expect(postIds.length).toBeLessThan(cards);
    await page.waitForLoadState("networkidle");
    expect(sent).toHaveLength(1);
    await context.close();
  });

  it("can be synced by the operator with the button, and by no other user", async () => {
    const viewer = await signedIn("ines@normaldance.test");
    // A post that she has neither written nor viewed.
    const { rows } = await database.query(
      `SELECT p.id, p.views FROM "Post" p, "User" u
       WHERE u.email = 'ines@normaldance.test' AND u.id <> p."authorId"
         AND NOT EXISTS (SELECT FROM "PostView" v WHERE v."postId" = p.id AND v."viewerSeq" = u.seq)
       ORDER BY p.id DESC LIMIT 1`,
    );
    const { id: postId, views: before } = rows[0];
    await viewer.page.request.post("/api/posts/view", { data: { postId } });
    await visit(viewer.page, "/admin/views");
    expect(await viewer.page.getByRole("button", { name: "Sync now" }).count()).toBe(0);

    const { context, page } = await signedIn("admin@normaldance.test");
    await visit(page, "/admin/views");
    await page.getByRole("button", { name: "Sync now" }).click();
    const form = page.getByRole("form", { name: "Sync views now?" });
    await form.getByRole("textbox", { name: "Reason" }).fill("a drill");
    await form.getByRole("button", { name: "Sync now" }).click();
    // The stack's schedule may have synced first: the button then reports that, and the view is in Postgres as well.
    await expect.poll(() => page.getByRole("status").first().textContent()).toMatch(/\d|Nothing to sync/);
    await expect
      .poll(
        async () => (await database.query(`SELECT views FROM "Post" WHERE id = $1`, [postId])).rows[0].views,
      )
      .toBeGreaterThan(before);
    const pending = page.getByRole("main").locator("dl").first().locator("dd").first();
    await expect.poll(async () => (await pending.textContent())?.trim()).toBe("0");
    await context.close();
    await viewer.context.close();
  });
});

describe("pages", () => {
  it.each([
    ["ru-RU", 390, "dark"],
    ["en-US", 1440, "light"],
  ] as const)("have no serious axe violations: %s, %i px, %s", async (locale, width, theme) => {
    const { rows } = await database.query(`SELECT id FROM "Post" ORDER BY id DESC LIMIT 1`);
    const problems: string[] = [];
    const context = await openContext({ locale, viewport: { width, height: 900 } });
    await context.addInitScript(`localStorage.setItem("theme", "${theme}")`);
    const page = await context.newPage();
    for (const path of ["/", `/posts/${rows[0].id}`, "/sign-in", "/sign-up", "/docs"]) {
      await visit(page, path);
      expect(await page.locator("html").getAttribute("lang")).toBe(locale.slice(0, 2));
      problems.push(...(await seriousViolations(page)).map((problem) => `${path}: ${problem}`));
    }
    await context.close();
    expect(problems).toEqual([]);
  });

  it("are Russian without a preference, and the language switch overrides the browser's", async () => {
    const bare = await fetch(app.url, { headers: { "accept-language": "" } });
    expect(await bare.text()).toContain('<html lang="ru"');
    const context = await openContext({ locale: "ru-RU" });
    const page = await context.newPage();
    await visit(page, "/");
    await page.getByRole("button", { name: "English" }).first().click();
    await expect.poll(() => page.locator("html").getAttribute("lang")).toBe("en");
    await page.reload();
    await waitForHydration(page);
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await context.close();
  });

  it("with a form keep the input and focus the first invalid field", async () => {
    const context = await openContext();
    const page = await context.newPage();
    await visit(page, "/sign-up");
    await page.getByLabel("Name").fill("Somebody");
    await page.getByLabel("Email").fill("not an address");
    await page.locator("form").getByRole("button", { name: "Create an account" }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("email");
    expect(await page.getByLabel("Name").inputValue()).toBe("Somebody");
    await context.close();
  });

  it("return 404 for a missing path, and the API its standard error body", async () => {
    for (const path of ["/nowhere", "/posts/nope", "/posts/00000000-0000-7000-8000-000000000000"]) {
      expect((await fetch(`${app.url}${path}`)).status).toBe(404);
    }
    const answer = await fetch(`${app.url}/api/nowhere`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: "not_found" } });
  });
});

describe("the gate", () => {
  it("limits sign-ups by its policy and sends Retry-After", async () => {
    const address = newClientAddress();
    const attempt = () =>
      fetch(`${app.url}/api/auth/sign-up`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": address },
        body: "{}",
      });
    const responses = [];
    for (let i = 0; i < 11; i += 1) responses.push(await attempt());
    const last = responses.at(-1);
    expect(responses[0]?.status).toBe(400);
    expect(responses[0]?.headers.get("ratelimit-policy")).toBe('"strict";q=10;w=60');
    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(last?.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect(await last?.json()).toMatchObject({ error: { code: "rate_limited" } });
  });
});
