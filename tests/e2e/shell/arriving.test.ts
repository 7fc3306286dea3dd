import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { seriousViolations } from "@/tests/support/clients/browser";
import {
  BROWSER_PASSWORD,
  signUpInBrowser,
  waitForMailedLink,
} from "@/tests/support/clients/browser-accounts";
import { openTab, visit } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { createPlayablePost } from "@/tests/support/factories/playable-posts";

/** The first minutes of a person here, by what is on the screen. */

const { app, database, openContext } = await startBrowserTests();

const PHONE = { viewport: { width: 390, height: 780 } };

const main = (page: Page) => page.getByRole("main");
const notice = (page: Page) => main(page).getByRole("link", { name: /^Confirm your address: / });

it("a first visit plays the feed with one tap", async () => {
  const artist = await openContext();
  const { id } = await signUpInBrowser(artist, "Ines Duval");
  await createPlayablePost(app, database, id, { title: "For the first visit", seconds: 20 });
  // Publishing a post through the API makes the feed read its posts again.
  await artist.request.post("/api/posts", { data: { title: "Without sound" } });

  const page = await openTab(await openContext(PHONE), "/");
  await main(page).getByRole("button", { name: "Play all" }).click();
  await main(page).getByRole("button", { name: "Pause", exact: true }).waitFor();
  await expect
    .poll(() => page.evaluate(() => [...document.querySelectorAll("audio")].some((each) => !each.paused)))
    .toBe(true);
});

it("sign-up leads to the first steps, and each of them to what it says", async () => {
  const context = await openContext(PHONE);
  const page = await openTab(context, "/");
  await main(page).getByRole("link", { name: "Create an account" }).click();
  await page.waitForURL("**/sign-up");
  const email = `p-${newId()}@normaldance.test`;
  await page.getByLabel("Name").fill("Lena Orlova");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(BROWSER_PASSWORD);
  await page.locator("form").getByRole("button", { name: "Create an account" }).click();
  await page.waitForURL("**/welcome");
  await page.getByRole("heading", { level: 1, name: /Welcome, .*Lena Orlova/ }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await main(page).getByRole("button", { name: "Resend the email" }).click();
  await main(page).getByText("Sent. The link works for 24 hours.").waitFor();

  // The reminder is on every page until the address is confirmed.
  await main(page).getByRole("link", { name: "Open the feed" }).click();
  await page.waitForURL(`${app.url}/`);
  await notice(page).click();
  await page.waitForURL("**/me#email");
  await visit(page, await waitForMailedLink(app, email, "/confirm-email"));
  await main(page).getByRole("button", { name: "Confirm email" }).click();
  await main(page).getByText("Thanks.").waitFor();
  await visit(page, "/welcome");
  expect(await notice(page).count()).toBe(0);
  await page.getByRole("heading", { level: 2, name: "Confirm your address" }).waitFor({ state: "detached" });
});

it("someone who came for something goes on with it after sign-up", async () => {
  const page = await openTab(await openContext(), "/sign-up?next=/leaderboards");
  await page.getByLabel("Name").fill("Next Page");
  await page.getByLabel("Email").fill(`p-${newId()}@normaldance.test`);
  await page.getByLabel("Password", { exact: true }).fill(BROWSER_PASSWORD);
  await page.locator("form").getByRole("button", { name: "Create an account" }).click();
  await page.waitForURL("**/leaderboards");
});

it("a listener who wants to sell becomes an artist there", async () => {
  const context = await openContext();
  const account = await signUpInBrowser(context);
  const page = await openTab(context, "/shop/new");
  await main(page).getByText("a confirmed address", { exact: false }).waitFor();
  await main(page).getByRole("button", { name: "Resend the email" }).waitFor();
  await visit(page, await waitForMailedLink(app, account.email, "/confirm-email"));
  await main(page).getByRole("button", { name: "Confirm email" }).click();
  await main(page).getByText("Thanks.").waitFor();
  await visit(page, "/shop/new");
  await main(page).getByRole("button", { name: "Become an artist" }).click();
  await main(page).getByLabel("Price per item").waitFor();
});

it("a phone has open groups where there are no chats, and the orders on the profile", async () => {
  const owner = await openContext();
  await signUpInBrowser(owner);
  const title = `Open ${newId().slice(-8)}`;
  expect(
    (await owner.request.post("/api/chats", { data: { kind: "group", title, open: true } })).status(),
  ).toBe(201);

  const context = await openContext(PHONE);
  await signUpInBrowser(context);
  const page = await openTab(context, "/chat");
  const group = page
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name: title }) })
    .first();
  await group.getByRole("button", { name: /Join/ }).click();
  await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
  // Below the notice the conversation fills the screen: it scrolls inside itself, and the page does not.
  for (const viewport of [PHONE.viewport, { width: 1440, height: 900 }]) {
    await page.setViewportSize(viewport);
    await page.getByRole("textbox", { name: "Message", exact: true }).waitFor();
    await notice(page).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
  }
  await page.setViewportSize(PHONE.viewport);

  await visit(page, "/me");
  await main(page).getByRole("link", { name: "All orders" }).click();
  await page.waitForURL("**/orders");
});
