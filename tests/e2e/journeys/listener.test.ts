import { expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import {
  BROWSER_PASSWORD,
  signUpConfirmed,
  waitForMailedLink,
} from "@/tests/support/clients/browser-accounts";
import { openTab } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { Journey } from "@/tests/support/clients/journey";
import { createPlayablePost } from "@/tests/support/factories/playable-posts";

/** A listener's first evening, in Russian and on a phone: no address is typed after the first one. */

const { app, database, openContext } = await startBrowserTests();

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, locale: "ru-RU" };
const TEST_LIMIT_MS = 120_000;
const STEP_LIMIT_MS = 30_000;
/** Time (ms) for a payment, its event and its tasks on a busy machine. */
const TASKS_LIMIT_MS = 30_000;
const BONUSES = 40_000;

/** Of this file alone, so that the search finds one artist. */
const surname = `Журавлёва${newId()
  .slice(-6)
  .replaceAll(/[0-9a-f]/g, (digit) => "абвгдежзиклмнопр"[Number.parseInt(digit, 16)] ?? "а")}`;
const artistName = `Нина ${surname}`;
const product = `Ночной архив ${surname} (WAV)`;

/** An artist with a track in the feed, and one for sale. */
async function createArtist(): Promise<void> {
  const context = await openContext();
  const { id } = await signUpConfirmed(context, app, artistName);
  await database.query(`UPDATE "User" SET role = 'artist' WHERE id = $1`, [id]);
  await database.query(
    `INSERT INTO "Product" (id, "sellerId", kind, title, description, "priceMinor", currency, "assetUrl")
     VALUES ($1, $2, 'track', $3, '', 50000, 'RUB', $4)`,
    [newId(), id, product, "/demo/snow-on-nevsky.wav"],
  );
  await createPlayablePost(app, database, id, { title: `Набросок ${surname}`, seconds: 60 });
  // Publishing a post through the API makes the feed read its posts again.
  await context.request.post("/api/posts", { data: { title: `Без звука ${surname}` } });
}

/** Bonuses come from the purchases of invited friends. */
async function giveBonuses(email: string): Promise<void> {
  await database.query(
    `INSERT INTO "BonusEntry" (id, "userId", seq, kind, amount, balance, key)
     SELECT $1, id, 1, 'granted', $2, $2, $3 FROM "User" WHERE email = $4`,
    [newId(), BONUSES, newId(), email],
  );
}

it("a listener hears, finds an artist, signs up, writes, and buys with bonuses", {
  timeout: TEST_LIMIT_MS,
}, async () => {
  await createArtist();
  const context = await openContext(PHONE);
  const page = await openTab(context, "/");
  page.setDefaultTimeout(STEP_LIMIT_MS);
  const journey = new Journey(page, app);
  const main = page.getByRole("main");
  journey.begin("hears something");
  await journey.tap(main.getByRole("button", { name: "Слушать всё" }));
  await expect
    .poll(() => page.evaluate(() => [...document.querySelectorAll("audio")].some((each) => !each.paused)))
    .toBe(true);

  journey.begin("finds the artist by a misspelt name");
  await journey.tap(page.getByRole("banner").getByRole("link", { name: "Поиск" }));
  await journey.fill(page.getByRole("combobox"), surname.replace("ё", "е"));
  const people = page.getByRole("group", { name: "Люди" });
  await journey.tap(people.getByRole("option", { name: artistName }));
  await page.waitForURL(/\/u\//);
  const artistUrl = page.url();

  journey.begin("wants to write, and signs up for it");
  const email = `p-${newId()}@normaldance.test`;
  await journey.tap(main.getByRole("link", { name: "Написать" }));
  await page.waitForURL(/\/sign-in/);
  await journey.tap(main.getByRole("link", { name: "Создать аккаунт" }));
  await page.waitForURL(/\/sign-up/);
  await journey.fill(page.getByLabel("Имя"), "Мила Орлова");
  await journey.fill(page.getByLabel("Почта"), email);
  await journey.fill(page.getByLabel("Пароль", { exact: true }), BROWSER_PASSWORD);
  await journey.tap(page.locator("form").getByRole("button", { name: "Создать аккаунт" }));
  await page.waitForURL(artistUrl);

  journey.begin("is told to confirm the address, and does");
  await journey.tap(main.getByRole("button", { name: "Написать" }));
  await main.getByRole("link", { name: "Подтвердить почту" }).waitFor();
  // A mailbox opens its links in tabs of their own.
  const mailed = await openTab(context, await waitForMailedLink(app, email, "/confirm-email"));
  await journey.tap(mailed.getByRole("button", { name: "Подтвердить адрес" }));
  await mailed.getByText("Адрес подтверждён").waitFor();
  await mailed.close();
  await giveBonuses(email);

  journey.begin("writes to the artist");
  await journey.tap(main.getByRole("button", { name: "Написать" }));
  await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
  const text = "Спасибо за «Набросок». Где послушать целиком?";
  await journey.fill(page.getByRole("textbox", { name: "Сообщение" }), text);
  await journey.tap(page.getByRole("button", { name: "Отправить", exact: true }));
  await page.getByRole("log").getByText(text).waitFor();

  journey.begin("finds what the artist sells");
  await journey.tap(main.getByRole("link", { name: artistName }).first());
  await page.waitForURL(/\/u\//);
  await journey.tap(main.getByRole("link", { name: "В продаже" }));
  await journey.tap(main.getByRole("link", { name: product }));
  await page.waitForURL(/\/shop\/[0-9a-f-]{36}$/);

  journey.begin("pays a part with bonuses");
  const slider = page.getByRole("slider", { name: "Оплатить часть бонусами" });
  await journey.tapRightEdge(slider);
  await journey.tap(page.getByRole("button", { name: /^Купить за 250/ }));
  await page.waitForURL(/\/c\/pay\//);
  await journey.tap(page.locator('button[value="paid"]'));
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}/);

  journey.begin("downloads it");
  await expect
    .poll(() => page.getByRole("heading", { level: 1 }).textContent(), { timeout: TASKS_LIMIT_MS })
    .toBe("Трек ваш");
  const download = main.getByRole("link", { name: "Скачать" });
  const saved = page.context().waitForEvent("response", (response) => response.url().includes("/download"));
  await journey.tap(download);
  expect((await saved).status()).toBeLessThan(400);

  journey.print("A listener, in Russian, 390 px, by touch");
});
