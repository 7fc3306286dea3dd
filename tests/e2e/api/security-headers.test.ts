import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { signInAsDemo } from "@/tests/support/clients/browser-accounts";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { demoPath, pagePatterns } from "@/tests/support/clients/page-patterns";

/** The content security policy, enforced by a browser. */

const { app, database, openContext } = await startBrowserTests();

const PEOPLE = ["admin", "artist", "listener"] as const;
const ALL_PAGES_LIMIT_MS = 300_000;

/** A browser context whose pages record every policy violation from the first byte on. */
async function recordingContext(): Promise<BrowserContext> {
  const context = await openContext({
    viewport: { width: 1440, height: 900 },
    serviceWorkers: "allow",
  });
  await context.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { refused: violations });
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) =>
      violations.push(`${effectiveDirective}: ${blockedURI} ${sample}`),
    );
  });
  return context;
}

const violationsOn = (page: Page) =>
  page.evaluate(() => (window as unknown as { refused: string[] }).refused);

const themeOf = (page: Page) =>
  page.evaluate(() => (document.documentElement.classList.contains("light") ? "light" : "dark"));

/** What is wrong with the headings that are shown: there must be one `h1`, and no level may be skipped. */
const outlineProblems = (page: Page) =>
  page.evaluate(() => {
    const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((heading) => heading.checkVisibility())
      .map(({ tagName }) => Number(tagName.slice(1)));
    const outline = levels.map((level) => `h${String(level)}`).join(" ");
    const skips = levels.some((level, index) => level > (levels[index - 1] ?? 1) + 1);
    return levels.filter((level) => level === 1).length === 1 && !skips ? [] : [outline];
  });

/** Presses the other theme's button until it works, which requires that the page's scripts run. */
async function changeTheme(page: Page): Promise<void> {
  const otherTheme = (await themeOf(page)) === "dark" ? "light" : "dark";
  // Not with the mouse, which waits for the end of a navigation that the policy has just blocked.
  const press = () =>
    page.evaluate(
      (label) => document.querySelector<HTMLElement>(`[type="radio"][aria-label="${label}"]`)?.click(),
      otherTheme === "dark" ? "Dark" : "Light",
    );
  await expect
    .poll(async () => {
      await press();
      return themeOf(page);
    })
    .toBe(otherTheme);
}

/** The path that a path redirects to, or itself. */
async function resolvedPath(page: Page, path: string): Promise<string> {
  const response = await page.request.get(path, { maxRedirects: 0 });
  return new URL(response.headers().location ?? path, app.url).pathname;
}

describe("the content security policy", () => {
  it(
    "blocks nothing that a page needs in either theme, and every page hydrates and has an outline without gaps",
    async () => {
      const complaints: string[] = [];
      const outlines: string[] = [];
      const pages = new Map<string | null, Page>();
      for (const who of [...PEOPLE, null]) {
        const context = await recordingContext();
        if (who) await signInAsDemo(context, who);
        const page = await context.newPage();
        page.on("console", (message) => {
          if (/content security policy|hydrat/i.test(message.text())) complaints.push(message.text());
        });
        page.on("pageerror", (error) => complaints.push(String(error)));
        pages.set(who, page);
      }
      const seen = new Set<string>();
      for (const [index, pattern] of [...pagePatterns(), "/there-is-no-such-page"].entries()) {
        // Users take turns: each may make a hundred requests a minute.
        const isOfAdmin = pattern.startsWith("/admin") || pattern.startsWith("/bots");
        const user = isOfAdmin ? "admin" : (PEOPLE[index % PEOPLE.length] ?? "admin");
        for (const who of [user, null]) {
          const page = pages.get(who);
          if (!page) throw new Error(`no page of ${who}`);
          const path = await demoPath(database, pattern);
          // Many pages redirect an anonymous viewer to the same page: load it once.
          if (who === null && seen.has(`${who} at ${await resolvedPath(page, path)}`)) continue;
          await page.goto(path);
          const at = `${who} at ${new URL(page.url()).pathname}`;
          if (seen.has(at)) continue;
          seen.add(at);
          // The page is loaded in one theme and switched to the other, in which the next page is loaded.
          await changeTheme(page);
          expect([path, await violationsOn(page), complaints]).toEqual([path, [], []]);
          outlines.push(...(await outlineProblems(page)).map((problem) => `${at}: ${problem}`));
        }
      }
      for (const page of pages.values()) await page.context().close();
      expect(outlines).toEqual([]);
    },
    ALL_PAGES_LIMIT_MS,
  );

  it("neither runs nor loads an injected script", async () => {
    const context = await recordingContext();
    await signInAsDemo(context, "listener");
    const page = await context.newPage();
    const injected = `<script>window.taken = "inline"</script>
      <script nonce="guessed">window.taken = "guessed nonce"</script>
      <script src="/demo/evil.js"></script>
      <script src="https://evil.example/evil.js"></script>
      <img src="/nothing.png" onerror="window.taken = 'attribute'">
      <svg onload="window.taken = 'svg'"></svg>
      <a id="link" href="javascript:window.taken = 'link'">link</a>
      <base href="https://evil.example/">
      <object data="/demo/evil.svg"></object>
      <iframe src="https://evil.example/"></iframe>
      <form id="form" action="https://evil.example/"><button>send</button></form>
      <style>body { outline: 3px solid red }</style>`;
    await page.route("**/demo/evil.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: "window.taken = 'same origin'" }),
    );
    const left: string[] = [];
    await page.route("https://evil.example/**", (route) => {
      left.push(route.request().url());
      return route.fulfill({ contentType: "text/javascript", body: "window.taken = 'elsewhere'" });
    });
    await page.route(`${app.url}/`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace("</body>", `${injected}</body>`);
      expect(body).toContain("window.taken");
      await route.fulfill({ response, body });
    });
    await page.goto("/", { waitUntil: "load" });
    await page.locator("#link").evaluate((link: HTMLElement) => link.click());
    await page.locator("#form button").evaluate((button: HTMLElement) => button.click());
    await expect
      .poll(async () => new Set((await violationsOn(page)).map((line) => line.split(":")[0])))
      .toEqual(
        new Set([
          ...["script-src-elem", "script-src-attr", "base-uri", "object-src", "frame-src"],
          ...["form-action", "style-src-elem"],
        ]),
      );
    expect(await page.evaluate(() => (window as unknown as { taken?: string }).taken)).toBeUndefined();
    expect(await page.evaluate(() => getComputedStyle(document.body).outlineStyle)).toBe("none");
    expect([page.url(), left]).toEqual([`${app.url}/`, []]);
    // The page itself still works.
    await changeTheme(page);
    await context.close();
  });

  it("stays valid after the layout was rendered again within the same document", async () => {
    const context = await recordingContext();
    const page = await context.newPage();
    await page.goto("/docs");
    await page.evaluate(() => document.documentElement.setAttribute("data-same", ""));
    await page
      .getByRole("button", { name: /Русский/ })
      .first()
      .click();
    await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toBe("ru");
    await page.getByRole("radio", { name: "Светлая" }).click();
    await expect.poll(() => themeOf(page)).toBe("light");
    expect(await page.evaluate(() => document.documentElement.hasAttribute("data-same"))).toBe(true);
    expect(await violationsOn(page)).toEqual([]);
    await context.close();
  });

  it("has a new nonce in every response, whatever nonce the caller sends", async () => {
    const fetchPage = async (headers: Record<string, string> = {}) => {
      const response = await fetch(`${app.url}/sign-in`, { headers });
      const policy = response.headers.get("content-security-policy") ?? "";
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
      const html = await response.text();
      const scripts = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
      expect(scripts.length).toBeGreaterThan(0);
      expect(scripts.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
      return { nonce, html };
    };
    const first = await fetchPage();
    const second = await fetchPage({
      "x-nonce": "a-callers-own",
      "content-security-policy": "script-src 'nonce-a-callers-own'",
      "content-security-policy-report-only": "script-src 'nonce-a-callers-own'",
    });
    expect(first.nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(second.nonce).not.toBe(first.nonce);
    expect(second.html).not.toContain("a-callers-own");
  });

  it("is complemented by an origin check: a cross-site form cannot call a server action", async () => {
    const html = await (await fetch(`${app.url}/docs`)).text();
    const action = /name="(\$ACTION_ID_[0-9a-f]+)"/.exec(html)?.[1] ?? "";
    expect(action).not.toBe("");
    const press = async (origin: string) => {
      const body = new FormData();
      body.set(action, "");
      body.set("locale", "ru");
      const response = await fetch(`${app.url}/docs`, {
        method: "POST",
        body,
        headers: { origin },
        redirect: "manual",
      });
      await response.arrayBuffer();
      return response.headers.getSetCookie().some((cookie) => cookie.startsWith("locale=ru"));
    };
    expect(await press(app.url)).toBe(true);
    for (const origin of ["https://evil.example", "null", `${app.url}.evil.example`]) {
      expect([origin, await press(origin)]).toEqual([origin, false]);
    }
  });

  it("build assets are served with nosniff", async () => {
    const html = await (await fetch(app.url)).text();
    const chunk = /\/_next\/static\/[^"]+\.js/.exec(html)?.[0] ?? "";
    for (const path of [
      chunk,
      "/favicon.ico",
      "/demo/snow-on-nevsky.wav",
      "/robots.txt",
      "/manifest.webmanifest",
      "/sw.js",
    ]) {
      const response = await fetch(`${app.url}${path}`);
      await response.arrayBuffer();
      expect([path, response.status, response.headers.get("x-content-type-options")]).toEqual([
        path,
        200,
        "nosniff",
      ]);
    }
  });
});
