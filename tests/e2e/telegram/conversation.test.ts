import type { BrowserContext, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { seriousViolations } from "@/tests/support/clients/browser";
import { type BrowserAccount, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { botIdOf, callControl, controlOf } from "@/tests/support/clients/telegram";

/** The bot of the local stack on its phone, and the devices page, as a newcomer sees them. */

const { app, database, openContext } = await startBrowserTests();

beforeAll(async () => {
  await controlOf(app.env.TELEGRAM_API_ROOT ?? "").setLimits({ enabled: false });
});

const LANGUAGES = {
  en: {
    ...{ locale: "en-US", start: "Start", input: "Message", log: "Conversation", name: "Anna" },
    ...{ guest: /This is the bot of NormalDance/, link: /Link account/, offer: /signed in to the site/ },
    ...{ confirmText: /Link this account with the Telegram of Anna/, confirm: "Link", linkedAs: /Anna in / },
    ...{ balance: /Bonuses: 10/, level: /Level: 2/, referrals: /Friends invited: 0/ },
    ...{
      history: /Purchases/,
      purchases: /1 in all/,
      referral: /Invite friends/,
      referralText: /link for friends/,
    },
    ...{ spend: /Spend bonuses/, amount: /You have 10 bonuses/, sure: /Spend 2\.5 bonuses/, yes: /Yes/ },
    ...{ underWay: /Working on it/, spent: /Spent: 2\.5\. Left: 7\.5/, rest: /Bonuses: 7\.5/ },
    ...{ unlink: "Unlink", linkOnSite: "Link Telegram", unlinked: /First link Telegram/ },
  },
  ru: {
    ...{ locale: "ru-RU", start: "Начать", input: "Сообщение", log: "Переписка", name: "Анна" },
    ...{ guest: /Это бот NormalDance/, link: /Связать аккаунт/, offer: /где вы вошли на сайт/ },
    ...{ confirmText: /Telegram пользователя Анна/, confirm: "Связать", linkedAs: /Анна в боте / },
    ...{ balance: /Бонусы: 10/, level: /Уровень: 2/, referrals: /Приглашено друзей: 0/ },
    ...{
      history: /Покупки/,
      purchases: /всего 1/,
      referral: /Пригласить друзей/,
      referralText: /ссылка для друзей/,
    },
    ...{ spend: /Потратить бонусы/, amount: /У вас 10 бонусов/, sure: /Потратить 2,5 бонусов/, yes: /Да/ },
    ...{ underWay: /Выполняю/, spent: /Потрачено: 2,5\. Осталось: 7,5/, rest: /Бонусы: 7,5/ },
    ...{ unlink: "Отвязать", linkOnSite: "Связать Telegram", unlinked: /Сначала свяжите Telegram/ },
  },
} as const;
type Language = keyof typeof LANGUAGES;

/** Ten bonuses and one purchase, as if they had been there for long: nothing has cached the account yet. */
async function giveBonusesAndPurchase({ id }: BrowserAccount): Promise<void> {
  await database.query(
    `INSERT INTO "BonusEntry" (id, "userId", seq, kind, amount, balance, key) VALUES ($1, $2, 1, 'granted', 1000, 1000, $3)`,
    [newId(), id, newId()],
  );
  await database.query(
    `INSERT INTO "Order" (id, "buyerId", "sellerId", "productId", kind, title, quantity, "unitPriceMinor", "amountMinor",
       currency, locale, status, "paidAt")
     SELECT $1, $2, "sellerId", id, kind, title, 1, "priceMinor", "priceMinor", currency, 'en', 'paid', now()
     FROM "Product" WHERE kind = 'track' ORDER BY id LIMIT 1`,
    [newId(), id],
  );
}

/** A phone of a new person, in the chat with the bot that the seed has added. */
async function openPhonePage(language: Language): Promise<Page> {
  const root = app.env.TELEGRAM_API_ROOT ?? "";
  const { locale, name } = LANGUAGES[language];
  const person = {
    id: Math.floor(Math.random() * 10 ** 9) + 10 ** 6,
    firstName: name,
    languageCode: language,
  };
  await callControl(root, "POST", "/api/users", person);
  const bot = await callControl(root, "GET", `/api/bots/${botIdOf(app.env.TELEGRAM_BOT_TOKEN ?? "")}`);
  const context = await openContext({ locale, viewport: { width: 1440, height: 900 } });
  await context.addInitScript((id) => localStorage.setItem("telegram-user", id), String(person.id));
  const page = await context.newPage();
  await page.goto(`${root}/${String(bot.username)}`);
  return page;
}

async function openSite(language: Language): Promise<{ context: BrowserContext; account: BrowserAccount }> {
  const { locale } = LANGUAGES[language];
  const context = await openContext({ locale, viewport: { width: 1440, height: 900 } });
  return { context, account: await signUpInBrowser(context) };
}

/** Both pages fit both screens in both themes. */
async function checkLook(page: Page): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const)
    for (const width of [390, 1440]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await seriousViolations(page)).toEqual([]);
    }
}

describe.each(["en", "ru"] as const)("a conversation in %s", (language) => {
  it("greets, links, lists, invites, spends, and ends with the link", async () => {
    const texts = LANGUAGES[language];
    const phone = await openPhonePage(language);
    const chat = phone.getByRole("log", { name: texts.log });
    const expectText = (text: RegExp) => chat.getByText(text).last().waitFor();
    const press = (button: RegExp) => chat.getByRole("button", { name: button }).last().click();
    const say = async (words: string) => {
      const input = phone.getByRole("textbox", { name: texts.input });
      await input.fill(words);
      await input.press("Enter");
    };
    await phone.getByRole("button", { name: texts.start, exact: true }).click();
    await expectText(texts.guest);
    await press(texts.link);
    await expectText(texts.offer);
    const address = await chat.getByRole("link", { name: /telegram=/ }).getAttribute("href");

    const { context, account } = await openSite(language);
    await giveBonusesAndPurchase(account);
    const site = await openTab(context, address ?? "");
    await site.getByText(texts.confirmText).waitFor();
    // What they came for is in view.
    const confirm = site.getByRole("button", { name: texts.confirm, exact: true });
    expect(await confirm.evaluate((button) => button.getBoundingClientRect().bottom <= innerHeight)).toBe(
      true,
    );
    await checkLook(site);
    await confirm.click();
    await site.getByText(texts.linkedAs).waitFor();

    await say("/start");
    await expectText(texts.balance);
    for (const text of [texts.level, texts.referrals]) await expectText(text);
    await press(texts.history);
    await expectText(texts.purchases);
    await press(texts.referral);
    await expectText(texts.referralText);
    await press(texts.spend);
    await expectText(texts.amount);
    await say("2,5");
    await expectText(texts.sure);
    await press(texts.yes);
    await expectText(texts.underWay);
    await expectText(texts.spent);
    await say("/start");
    await expectText(texts.rest);
    await checkLook(phone);

    await site.getByRole("button", { name: texts.unlink, exact: true }).click();
    await site.getByRole("button", { name: texts.linkOnSite }).waitFor();
    await say("/referral");
    await expectText(texts.unlinked);
  });
});
