import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { openTab, visit } from "@/tests/support/clients/browser-pages";
import { Artists, addBot, backToList, field, openNode, publish, side, textOf, toolbar } from "./artists";

/** An artist's bot, from its token to a person's execution: pages in Chromium, people on phones of the local Telegram. */

let artists: Artists;

beforeAll(async () => {
  artists = await Artists.open();
});
afterAll(() => artists?.close());

describe("an artist's bot", () => {
  it("is added, edited, published, followed and rolled back", async () => {
    const { context } = await artists.signUp("Mira Kim");
    const { page, telegramId } = await addBot(context, "Mira's bot");
    const botPath = new URL(page.url()).pathname;
    const phone = await artists.talkTo(telegramId);
    await phone.start();
    expect(await textOf(phone)).toContain("This is the bot of NormalDance");

    // A text is edited in the list, and a question is added behind it.
    await openNode(page, "guest");
    await field(page, "Text in English").fill("Hello, <b>{{name}}</b>! New words.");
    await side(page).getByRole("combobox", { name: "Next", exact: true }).selectOption("New node…");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Question/ })
      .click();
    await side(page).getByRole("heading", { name: "Question: question" }).waitFor();
    expect(await side(page).getByRole("combobox", { name: "Next", exact: true }).inputValue()).toBe("end");

    // It is incomplete, so it cannot be published, and the page says why.
    await toolbar(page).getByRole("button", { name: "4 problems" }).waitFor();
    // It says that it is disabled, and still answers.
    await toolbar(page).getByRole("button", { name: "Publish" }).click({ force: true });
    const problems = page.getByRole("region", { name: "What keeps it from being published" });
    expect(await problems.getByText("Not filled in").count()).toBe(4);
    expect(await seriousViolations(page)).toEqual([]);
    await field(page, "Text in Russian").fill("Как дела?");
    await field(page, "Text in English").fill("How are you?");
    await field(page, "If the answer does not fit, in Russian").fill("Словами, пожалуйста");
    await field(page, "If the answer does not fit, in English").fill("In words, please");
    await toolbar(page).getByRole("button", { name: "No problems" }).waitFor();

    // What changes is listed, and drawn.
    await toolbar(page).getByRole("button", { name: "2 changes" }).click();
    const changes = page.getByRole("region", { name: "What will change" });
    await changes.getByText("Question: question").waitFor();
    expect(await changes.getByRole("listitem").count()).toBe(2);
    await page.locator(".react-flow__node", { hasText: "How are you?" }).getByText("new").waitFor();
    await page.getByText("Draft saved").waitFor();
    await publish(page, 2);

    await phone.say("/start");
    expect(await textOf(phone)).toBe("Hello, Tess! New words.");
    expect(await textOf(phone)).toBe("How are you?");
    await backToList(page);
    await page.locator("#node-question").getByText("1 waiting").waitFor();

    // The person's execution is a timeline; it is cancelled with a reason.
    await page.getByRole("link", { name: "Executions" }).click();
    await page
      .getByRole("link", { name: /^Execution: .?Tess/ })
      .first()
      .click();
    const timeline = page.getByRole("region", { name: "What happened" });
    await timeline.getByText("How are you?").waitFor();
    expect(await timeline.getByText("Hello, Tess! New words.").count()).toBe(1);
    await page.getByRole("button", { name: "Cancel the execution" }).click();
    await page.getByRole("dialog").getByLabel("testing").check();
    await page.getByRole("dialog").getByRole("button", { name: "Confirm" }).click();
    await timeline.getByText("An operator cancelled it").waitFor();
    expect(await timeline.getByText("Why: testing").count()).toBe(1);
    expect(await page.getByRole("button", { name: "Cancel the execution" }).count()).toBe(0);

    await visit(page, botPath);
    await toolbar(page).getByRole("button", { name: "Versions" }).click();
    await page.getByRole("button", { name: "Roll back to version 1" }).click();
    const question = page.getByRole("dialog", { name: "Roll back to version 1?" });
    await question.getByText("Question: question").waitFor();
    await question.getByRole("button", { name: "Roll back", exact: true }).click();
    await page.getByText("Version 3 is published").waitFor();
    await expect.poll(() => page.locator("#node-question").count()).toBe(0);
    await phone.say("/start");
    expect(await textOf(phone)).toContain("This is the bot of NormalDance");
  });

  it("keeps a draft that was changed in two tabs, and undoes", async () => {
    const { context } = await artists.signUp("Two Tabs");
    const { page } = await addBot(context, "Two tabs");
    await openNode(page, "guest");
    await field(page, "Text in English").fill("First tab");
    await page.getByText("Draft saved").waitFor();
    const other = await openTab(context, new URL(page.url()).pathname);
    await openNode(other, "guest");
    await field(other, "Text in English").fill("Second tab");
    await other.getByText("Draft saved").waitFor();
    await field(page, "Text in English").fill("First tab again");
    await page.getByText("The draft was changed in another tab or by someone else").waitFor();
    await page.getByRole("button", { name: "Take the other draft" }).click();
    await expect.poll(() => field(page, "Text in English").inputValue()).toBe("Second tab");
    await toolbar(page).getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => field(page, "Text in English").inputValue()).toBe("First tab again");
    await page.getByText("Draft saved").waitFor();
    const { rows } = await artists.database.query(
      `SELECT definition #>> '{nodes,guest,text,en}' AS text FROM "BotDraft" JOIN "BotWorkflow" w ON w.id = "workflowId"
        WHERE w."projectId" = $1`,
      [new URL(page.url()).pathname.split("/").at(-1)],
    );
    expect(rows).toEqual([{ text: "First tab again" }]);
  });

  it("is seen by its owner only, and is paused and resumed", async () => {
    const { context } = await artists.signUp("Owner");
    const { page, telegramId } = await addBot(context, "Private bot");
    const stranger = await artists.signUp("Stranger");
    const strangers = await openTab(stranger.context, "/bots");
    await strangers.getByRole("heading", { name: "No bots yet" }).waitFor();
    expect(await strangers.getByText("Private bot").count()).toBe(0);
    expect((await visit(strangers, new URL(page.url()).pathname))?.status()).toBe(404);

    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor();
    const phone = await artists.talkTo(telegramId);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await phone.start();
    expect(await textOf(phone)).toContain("This is the bot of NormalDance");
  });
});

describe.each([390, 1440])("at %i pixels", (width) => {
  it("has no serious axe violations, fits the screen, and edits with the keyboard", async () => {
    const { context } = await artists.signUp("Keys", { viewport: { width, height: 844 } });
    const { page } = await addBot(context, "Keyboard bot");
    await page.locator(".react-flow__node").first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.locator("#node-hello").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Text in English" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
