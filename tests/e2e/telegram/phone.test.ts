import { Bot, type Context, InputFile } from "grammy";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningTelegram, startTelegram } from "@/local/telegram";
import { seriousViolations } from "@/tests/support/clients/browser";
import { workerBrowser } from "@/tests/support/processes/worker";
import { botIdOf, callControl, newToken } from "@/tests/support/servers/telegram";

/** The phone page of the local Telegram, which needs neither the app nor a build. */

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Of the user that the page creates when there is none. */
const FIRST_USER_ID = 1001;

let browser: Browser;
let server: RunningTelegram;
let context: BrowserContext;
let page: Page;
const bots: Bot[] = [];

beforeAll(async () => {
  browser = await workerBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  server = await startTelegram({ dataDir: null, rateLimits: { enabled: false } });
});
afterEach(async () => {
  await Promise.all(bots.splice(0).map((bot) => bot.stop()));
  await context?.close();
  await server?.close();
});

async function openPage(options: Parameters<Browser["newContext"]>[0] = {}, path = "/"): Promise<void> {
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1440, height: 900 }, ...options });
  page = await context.newPage();
  await page.goto(server.url + path);
}

/** A bot that polls; its name is *Shop*. */
async function startBot(configure: (bot: Bot) => void): Promise<Bot> {
  const bot = new Bot(newToken(), { client: { apiRoot: server.url } });
  configure(bot);
  await bot.api.setMyName("Shop");
  await bot.init();
  void bot.start({ timeout: 5 });
  bots.push(bot);
  return bot;
}

const messages = () => page.getByRole("log", { name: "Conversation" });
const input = () => page.getByRole("textbox", { name: "Message" });
const openChat = () => page.getByRole("navigation").getByRole("link", { name: /Shop/ }).click();
const greet = (ctx: Context) =>
  ctx.reply("<b>Hello</b> <u>you</u>", {
    parse_mode: "HTML",
    reply_markup: {
      inline_keyboard: [
        [
          { text: "Balance", callback_data: "balance" },
          { text: "Warn", callback_data: "warn" },
        ],
        [{ text: "Site", url: "https://example.com/" }],
      ],
    },
  });

describe("the phone page", () => {
  it("begins with a user, explains how a bot appears, and shows it when it does", async () => {
    await openPage();
    await page.getByText("No bots yet").waitFor();
    await page.getByText(`TELEGRAM_API_ROOT=${server.url}`).waitFor();
    expect(await page.getByLabel("Whose phone").locator("option").allTextContents()).toEqual(["Anna"]);
    await startBot(() => {});
    await page.getByRole("navigation").getByRole("link", { name: /Shop/ }).waitFor();
  });

  it("holds a conversation: start, formatted text, buttons, alerts, edits", async () => {
    await startBot((bot) => {
      bot.command("start", greet);
      bot.callbackQuery("balance", async (ctx) => {
        await ctx.answerCallbackQuery("Counting");
        await ctx.editMessageText("You have 5");
      });
      bot.callbackQuery("warn", (ctx) => ctx.answerCallbackQuery({ text: "Careful", show_alert: true }));
      bot.on("message:text", (ctx) => ctx.reply(`Re: ${ctx.message.text}`));
    });
    await openPage();
    await openChat();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await messages().locator("b", { hasText: "Hello" }).waitFor();
    expect(await messages().getByRole("link", { name: "Site" }).getAttribute("rel")).toContain("noopener");
    await messages().getByRole("button", { name: "Warn" }).click();
    const alert = page.getByRole("dialog", { name: "Careful" });
    await alert.getByRole("button", { name: "OK" }).click();
    await messages().getByRole("button", { name: "Balance" }).click();
    await page.getByRole("status").getByText("Counting").waitFor();
    await messages().getByText("You have 5").waitFor();
    await messages().getByText("edited").waitFor();
    await input().fill("two\nlines");
    await input().press("Enter");
    await messages().getByText("Re: two").waitFor();
    expect(await input().inputValue()).toBe("");
  });

  it("shows the bot's keyboard, and shares the number only after a question", async () => {
    await startBot((bot) => {
      bot.command("start", (ctx) =>
        ctx.reply("Number?", {
          reply_markup: { keyboard: [[{ text: "Share", request_contact: true }], ["Later"]] },
        }),
      );
      bot.on("message:contact", (ctx) =>
        ctx.reply(`Got ${ctx.message.contact.phone_number}`, { reply_markup: { remove_keyboard: true } }),
      );
      bot.on("message:text", (ctx) => ctx.reply(`Re: ${ctx.message.text}`));
    });
    await openPage();
    await openChat();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const keyboard = page.getByRole("group", { name: "The bot's buttons" });
    await keyboard.getByRole("button", { name: "Later" }).click();
    await messages().getByText("Re: Later").waitFor();
    await keyboard.getByRole("button", { name: "Share" }).click();
    const question = page.getByRole("dialog", { name: "Share your phone number?" });
    await question.getByRole("button", { name: "Share" }).click();
    await messages()
      .getByText(/Got \+7900/)
      .waitFor();
    await keyboard.waitFor({ state: "hidden" });
  });

  it("sends and shows photos, and opens the chat by a bot's link with a payload", async () => {
    const bot = await startBot((created) => {
      created.command("start", (ctx) => ctx.reply(`With ${ctx.match}`));
      created.on("message:photo", (ctx) =>
        ctx.replyWithPhoto(new InputFile(PNG, "a.png"), { caption: "Back" }),
      );
    });
    await openPage({}, `/${bot.botInfo.username}?start=ref_7`);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await messages().getByText("With ref_7").waitFor();
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "a.png", mimeType: "image/png", buffer: PNG });
    await messages().getByText("Back").waitFor();
    await expect.poll(() => messages().getByRole("img", { name: "Photo" }).count()).toBe(2);
    const widths = messages()
      .getByRole("img")
      .evaluateAll((images: HTMLImageElement[]) => images.map(({ naturalWidth }) => naturalWidth));
    expect(await widths).toEqual([1, 1]);
  });

  it("blocks the bot, and restarts it", async () => {
    const bot = await startBot((created) => created.command("start", (ctx) => ctx.reply("Hello")));
    await openPage();
    await openChat();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await messages().getByText("Hello").waitFor();
    await page.getByRole("button", { name: "Chat actions" }).click();
    await page.getByRole("button", { name: "Block" }).click();
    const restart = page.getByRole("button", { name: "Unblock and restart" });
    await restart.waitFor();
    await expect(bot.api.sendMessage(FIRST_USER_ID, "a")).rejects.toThrow("bot was blocked by the user");
    await restart.click();
    await expect.poll(() => messages().getByText("Hello").count()).toBe(2);
  });

  it("says why a bot does not answer, and shows its calls and updates", async () => {
    const token = newToken();
    const bot = new Bot(token, { client: { apiRoot: server.url } });
    await bot.api.setMyName("Shop");
    await openPage();
    await openChat();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("The bot is not listening").waitFor();
    await bot.api.setWebhook("http://127.0.0.1:9/");
    await page.getByText("The webhook fails (Connection refused)").waitFor();
    const log = page.getByRole("complementary", { name: "Behind the scenes" });
    await log.getByText("setWebhook").click();
    await log.getByText('"url": "http://127.0.0.1:9/"').waitFor();
    await log.getByRole("tab", { name: "Calls" }).focus();
    await page.keyboard.press("ArrowRight");
    await log.getByText("waiting", { exact: true }).waitFor();
    expect(await callControl(server.url, "GET", `/api/bots/${botIdOf(token)}`)).toMatchObject({
      polling: false,
    });
  });

  it("works with the keyboard", async () => {
    const bot = await startBot((created) => {
      created.command("start", greet);
      created.command("help", (ctx) => ctx.reply("Help text"));
      created.callbackQuery("balance", (ctx) => ctx.answerCallbackQuery("Five"));
    });
    await bot.api.setMyCommands([{ command: "help", description: "Help" }]);
    await openPage();
    await page.getByRole("navigation").getByRole("link", { name: /Shop/ }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Start");
    await page.keyboard.press("Enter");
    await messages().getByText("Hello").waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
    await page.keyboard.press("/");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("/helpHelp");
    await page.keyboard.press("Enter");
    await messages().getByText("Help text").waitFor();
    await messages().getByRole("button", { name: "Balance" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Five").waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Balance");
  });

  it("creates a bot with a token, and people", async () => {
    await openPage({ locale: "ru-RU" });
    await page.getByRole("button", { name: "Новый бот" }).click();
    await page.getByRole("textbox", { name: "Имя", exact: true }).fill("Лавка");
    await page.getByRole("button", { name: "Создать" }).click();
    const token = await page.getByRole("dialog", { name: "Настроить бота" }).locator("code").textContent();
    expect((await new Bot(token ?? "", { client: { apiRoot: server.url } }).api.getMe()).first_name).toBe(
      "Лавка",
    );
    await page.getByRole("button", { name: "Отмена" }).click();
    await page.getByRole("button", { name: "Новый человек" }).click();
    await page.getByRole("button", { name: "Создать" }).click();
    await expect
      .poll(() => page.getByLabel("Чей телефон").locator("option:checked").textContent())
      .toBe("Борис");
  });

  it("runs nothing that a bot sends", async () => {
    await startBot((bot) => {
      bot.command("start", (ctx) =>
        ctx.reply("<img src=x onerror=\"document.title='taken'\"> [x](javascript:1)"),
      );
      bot.on("message:text", (ctx) =>
        ctx.replyWithDocument(
          new InputFile(Buffer.from("<script>document.title='taken'</script>"), "a.html"),
        ),
      );
    });
    await openPage();
    await openChat();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await messages().getByText("onerror").waitFor();
    await input().fill("file");
    await input().press("Enter");
    const href = await messages()
      .getByRole("link", { name: /a\.html/ })
      .getAttribute("href");
    const response = await page.request.get(server.url + href);
    expect(response.headers()).toMatchObject({
      ...{
        "content-type": "application/octet-stream",
        "content-security-policy": "default-src 'none'; sandbox",
      },
    });
    expect(await page.title()).toBe("Telegram, local");
  });

  it("shows an alert when the server is unreachable", async () => {
    await openPage();
    await page.getByText("No bots yet").waitFor();
    await server.close();
    await page.getByRole("alert").waitFor();
  });
});

describe.each([390, 1440])("at %i pixels", (width) => {
  it.each(["dark", "light"] as const)(
    "%s: has no serious axe violations and fits the screen",
    async (colorScheme) => {
      await startBot((bot) => {
        bot.command("start", async (ctx) => {
          await greet(ctx);
          await ctx.replyWithPhoto(new InputFile(PNG, "a.png"), {
            caption: `A long caption ${"x".repeat(120)}`,
          });
          await ctx.reply("Choose", {
            reply_parameters: { message_id: ctx.message?.message_id ?? 0 },
            reply_markup: { keyboard: [["One", "Two"], [{ text: "Share", request_contact: true }]] },
          });
        });
      });
      await openPage({ viewport: { width, height: 844 }, colorScheme });
      const check = async () => {
        expect(await seriousViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      };
      await page.getByRole("navigation").getByRole("link", { name: /Shop/ }).waitFor();
      await check();
      await openChat();
      await page.getByRole("button", { name: "Start", exact: true }).waitFor();
      await check();
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await messages().getByText("Choose", { exact: true }).waitFor();
      await check();
      // The newest message is in view.
      await expect
        .poll(() => messages().evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight))
        .toBeLessThan(2);
      if (width < 760) await page.getByRole("button", { name: "Behind the scenes" }).click();
      const log = page.getByRole("complementary", { name: "Behind the scenes" });
      await log.getByText("sendPhoto").click();
      await check();
      await log.getByRole("tab", { name: "Updates" }).click();
      await check();
      if (width > 760) return;
      await log.getByRole("button", { name: "Close the log" }).click();
      await page.getByRole("button", { name: "All chats" }).click();
      await page.getByRole("navigation").getByRole("link", { name: /Shop/ }).waitFor();
    },
  );
});
