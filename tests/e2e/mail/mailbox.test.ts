import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MailCatcher, startMailCatcher } from "@/local/smtp";
import { seriousViolations } from "@/tests/support/clients/browser";
import { workerBrowser } from "@/tests/support/processes/worker";
import { serveHttp } from "@/tests/support/proxies/http-server";
import { list, send } from "@/tests/support/servers/smtp";

/** The local stack's mailbox page, which needs neither the app nor a build. */

let browser: Browser;
let catcher: MailCatcher;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await workerBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  catcher = await startMailCatcher({ dataDir: null });
});
afterEach(async () => {
  await context?.close();
  await catcher?.close();
});

async function openMailbox(options: Parameters<Browser["newContext"]>[0] = {}): Promise<void> {
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1440, height: 900 }, ...options });
  page = await context.newPage();
  await page.goto(catcher.pageUrl);
}

const rows = () => page.getByRole("navigation").getByRole("link");

describe("the mailbox page", () => {
  it("shows new mails while it is open, and keeps the focus", async () => {
    await openMailbox();
    await expect.poll(() => page.getByText("No mails yet").isVisible()).toBe(true);
    await send(catcher, { subject: "First" });
    await expect.poll(() => rows().allTextContents()).toEqual([expect.stringContaining("First")]);
    await rows().first().focus();
    await send(catcher, { subject: "Second" });
    await expect.poll(() => rows().count()).toBe(2);
    expect(await page.locator(":focus").textContent()).toContain("First");
    await expect.poll(() => page.getByRole("status").textContent()).toBe("1 mail came");
    await fetch(`${catcher.pageUrl}/api/messages`, { method: "DELETE" });
    await expect.poll(() => page.getByText("No mails yet").isVisible()).toBe(true);
  });

  it("runs no script of a mail, loads nothing for it, and opens its links in a new tab", async () => {
    const requestedUrls: string[] = [];
    const externalServer = await serveHttp((request, response) => {
      requestedUrls.push(request.url ?? "");
      response.end("<title>outside</title>");
    });
    try {
      await send(catcher, {
        subject: "Hostile",
        html: `<head><meta http-equiv="refresh" content="0;url=${externalServer.url}/refresh"><base href="${externalServer.url}/base/">
          <link rel="stylesheet" href="${externalServer.url}/style"><style>@import "${externalServer.url}/import";</style></head>
          <script>top.document.title = "taken"</script><img src="${externalServer.url}/image" onerror="top.document.title='taken'">
          <iframe src="${externalServer.url}/frame"></iframe><div style="background:url(${externalServer.url}/background)">text</div>
          <form action="${externalServer.url}/form"><button>Send</button></form>
          <a href="${externalServer.url}/link">A link</a> <a target="_top" href="${externalServer.url}/top">To the top</a>
          <a href="javascript:top.document.title='taken'">Script</a>`,
      });
      await openMailbox();
      await rows().first().click();
      const mail = page.frameLocator("iframe");
      await mail.getByText("A link").waitFor();
      await mail.getByRole("button", { name: "Send" }).click();
      await mail.getByText("Script").click();
      await mail.getByText("To the top").click();
      const [tab] = await Promise.all([context.waitForEvent("page"), mail.getByText("A link").click()]);
      await tab.waitForURL(`${externalServer.url}/link`);
      expect(await tab.evaluate(() => window.opener)).toBeNull();
      expect(requestedUrls.filter((url) => url !== "/favicon.ico")).toEqual(["/link"]);
      expect(await page.title()).toBe("Mail, local (1)");
      expect(page.url()).toContain(catcher.pageUrl);
    } finally {
      await externalServer.close();
    }
  });

  it("sandboxes a mail that is opened at its own URL", async () => {
    await send(catcher, { html: "<script>document.title='taken'</script><p>Hello</p>" });
    await openMailbox();
    const { id } = (await list(catcher)).items[0] ?? {};
    await page.goto(`${catcher.pageUrl}/messages/${id}/html`);
    await page.getByText("Hello").waitFor();
    expect(await page.title()).toBe("");
    expect(await page.evaluate(() => window.origin)).toBe("null");
  });

  it("works with the keyboard: search, list, tabs, back", async () => {
    for (const subject of ["Apple", "Banana", "Cherry"])
      await send(catcher, { subject, text: `Text of ${subject}`, html: `<p>View of ${subject}</p>` });
    await openMailbox();
    await expect.poll(() => rows().count()).toBe(3);
    await page.keyboard.press("/");
    await page.keyboard.type("ana");
    await expect.poll(() => rows().count()).toBe(1);
    await page.keyboard.press("Escape");
    await expect.poll(() => rows().count()).toBe(3);
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "Cherry" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "Banana" }).waitFor();
    await page.getByRole("tab", { name: "Rendered" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.getByRole("tabpanel").textContent()).toBe("Text of Banana");
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.getByRole("tabpanel").textContent()).toContain("Message-ID");
    await page.keyboard.press("End");
    await expect.poll(() => page.getByRole("tabpanel").textContent()).toContain("Subject: Banana");
    await page.reload();
    await expect.poll(() => page.getByRole("tab", { selected: true }).textContent()).toBe("Source");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByText("Choose a mail").isVisible()).toBe(true);
  });

  it("deletes one mail, and all mails after a confirmation", async () => {
    for (const subject of ["One", "Two", "Three"]) await send(catcher, { subject });
    await openMailbox();
    await rows().filter({ hasText: "Two" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect.poll(() => rows().count()).toBe(2);
    await page.getByRole("button", { name: "Delete all" }).click();
    expect((await list(catcher)).total).toBe(2);
    await page.getByRole("button", { name: "Really delete all?" }).click();
    await expect.poll(() => page.getByText("No mails yet").isVisible()).toBe(true);
  });

  it("shows an alert when the server is unreachable", async () => {
    await openMailbox();
    await page.getByText("No mails yet").waitFor();
    await catcher.close();
    await page.getByRole("alert").waitFor();
  });

  it("switches its language and remembers it", async () => {
    await openMailbox({ locale: "ru-RU" });
    await page.getByText("Писем пока нет").waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await page.getByText("No mails yet").waitFor();
    await page.reload();
    await page.getByText("No mails yet").waitFor();
  });
});

describe.each([390, 1440])("at %i pixels", (width) => {
  it.each(["dark", "light"] as const)(
    "%s: has no serious axe violations and fits the screen",
    async (colorScheme) => {
      await send(catcher, {
        subject: `A long subject ${"without an end ".repeat(10)}${"x".repeat(80)}`,
        to: `${"long".repeat(14)}@normaldance.test`,
        text: "word ".repeat(300),
        html: "<p>Hello</p>",
        attachments: [{ filename: `${"name".repeat(30)}.txt`, content: "x" }],
      });
      await openMailbox({ viewport: { width, height: 844 }, colorScheme });
      const check = async () => {
        expect(await seriousViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      };
      await rows().first().waitFor();
      await check();
      await rows().first().click();
      for (const tab of ["Text", "Headers", "Source"]) {
        await page.getByRole("tab", { name: tab }).click();
        await check();
      }
      if (width < 760) {
        await page.getByRole("button", { name: "All mails" }).click();
        await rows().first().waitFor();
      }
    },
  );
});
