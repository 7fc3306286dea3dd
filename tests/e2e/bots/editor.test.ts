import { text } from "node:stream/consumers";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import { visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { Artists, addBot, backToList, field, openNode, publish, side, textOf, toolbar } from "./artists";

/** What the editor and the pages of executions do beside editing: lines, files, tests of a draft, interventions. */

let artists: Artists;

beforeAll(async () => {
  artists = await Artists.open();
});
afterAll(() => artists?.close());

const english = (text: string) => ({ ru: text, en: text });

/** Asks, waits for an hour, thanks. The question leads to nothing yet. */
const talk: DefinitionInput = {
  ...{ schema: 1, start: "ask" },
  nodes: {
    ask: {
      ...{ kind: "question", text: english("How are you?"), answer: "text", variable: "mood" },
      ...{ retry: english("In words, please"), choices: [], next: "" },
      position: { x: 0, y: 0 },
    },
    pause: { kind: "delay", seconds: 3_600, next: "thanks", position: { x: 320, y: 0 } },
    thanks: {
      ...{ kind: "message", text: english("So you are {{mood}}."), buttons: [], next: "end" },
      position: { x: 640, y: 0 },
    },
    end: { kind: "end", position: { x: 960, y: 0 } },
  },
};

const file = (content: unknown) => ({
  ...{ name: "talk.json", mimeType: "application/json" },
  buffer: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)),
});

const drawnNode = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
const handle = (page: Page, id: string, name: string) =>
  drawnNode(page, id).locator(`.react-flow__handle[data-handleid="${name}"]`);
const lines = (page: Page) => page.locator(".react-flow__edge");
const line = (page: Page, from: string, to: string) =>
  page.locator(`.react-flow__edge[aria-label^="${from} → ${to}"]`);

/** Drags from the middle of an element to the middle of another one. */
async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const middle = async (element: Locator) => {
    const box = await element.boundingBox();
    if (!box) throw new Error("not on the page");
    return [box.x + box.width / 2, box.y + box.height / 2] as const;
  };
  await page.mouse.move(...(await middle(from)));
  await page.mouse.down();
  await page.mouse.move(...(await middle(to)), { steps: 8 });
  await page.mouse.up();
}

/** A bot with the workflow `/talk`, whose draft was loaded from a file. */
async function openTalk(name: string) {
  const artist = await artists.signUp(name);
  const { page, telegramId } = await addBot(artist.context, `Bot of ${name}`);
  const botPath = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "New workflow" }).click();
  const dialog = page.getByRole("dialog", { name: "New workflow" });
  await dialog.getByLabel("Name", { exact: true }).fill("talk");
  await dialog.getByLabel("Command").fill("/talk");
  await dialog.getByRole("button", { name: "Create a draft" }).click();
  await page.waitForURL(/workflow=talk/);
  await page.getByText("Command and file").click();
  await page.getByLabel("Replace it with a file").setInputFiles(file(talk));
  await page.locator("#node-ask").waitFor();
  // Lines are drawn to what is in view.
  await page.getByRole("button", { name: "Show all" }).click();
  return { ...artist, page, telegramId, botPath };
}

/** Opens the newest execution of the bot. */
async function openNewestRun(page: Page, botPath: string): Promise<Locator> {
  await visit(page, `${botPath}/runs`);
  await page
    .getByRole("link", { name: /^Execution: / })
    .first()
    .click();
  const timeline = page.getByRole("region", { name: "What happened" });
  await timeline.waitFor();
  return timeline;
}

async function intervene(page: Page, action: string, prepare?: (dialog: Locator) => Promise<unknown>) {
  await page.getByRole("button", { name: action }).click();
  const dialog = page.getByRole("dialog", { name: action });
  await prepare?.(dialog);
  await dialog.getByLabel("it is stuck").check();
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await dialog.waitFor({ state: "detached" });
}

it("lines are drawn, moved and deleted, and a line to an empty spot adds a node", async () => {
  const { page } = await openTalk("Draw");
  await toolbar(page)
    .getByRole("button", { name: /^\d+ problems?$/ })
    .waitFor();
  expect(await lines(page).count()).toBe(2);
  await drag(page, handle(page, "ask", "next"), handle(page, "pause", "in"));
  await expect.poll(() => lines(page).count()).toBe(3);
  await toolbar(page).getByRole("button", { name: "No problems" }).waitFor();
  // To another node: the way leads there instead.
  await drag(page, handle(page, "ask", "next"), handle(page, "thanks", "in"));
  await line(page, "ask", "thanks").waitFor({ state: "attached" });
  expect(await lines(page).count()).toBe(3);
  await toolbar(page).getByRole("button", { name: "Undo" }).click();
  await line(page, "ask", "pause").waitFor({ state: "attached" });

  await line(page, "pause", "thanks").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Delete");
  await expect.poll(() => lines(page).count()).toBe(2);
  await toolbar(page).getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => lines(page).count()).toBe(3);

  // A dragged node stays where it was put down, also after a reload.
  const before = await drawnNode(page, "end").boundingBox();
  await drag(page, drawnNode(page, "end"), page.getByRole("button", { name: "Show all" }));
  await page.getByText("Draft saved").waitFor();
  await page.reload();
  await waitForHydration(page);
  const after = await drawnNode(page, "end").boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeGreaterThan(50);

  // The new node goes between.
  const free = page.getByRole("button", { name: "Zoom in" });
  await drag(page, handle(page, "thanks", "next"), free);
  await page.getByRole("dialog").getByRole("button", { name: /^Jump/ }).click();
  await line(page, "jump", "end").waitFor({ state: "attached" });
  await line(page, "thanks", "jump").waitFor({ state: "attached" });
  await side(page).getByRole("button", { name: "Delete the node" }).click();
  await expect.poll(() => drawnNode(page, "jump").count()).toBe(0);
});

it("an execution is resumed and moved, and each intervention stands in its timeline", async () => {
  const { page, telegramId, botPath } = await openTalk("Move");
  await drag(page, handle(page, "ask", "next"), handle(page, "pause", "in"));
  await toolbar(page).getByRole("button", { name: "No problems" }).waitFor();
  await page.getByText("Draft saved").waitFor();
  await publish(page, 1);
  const phone = await artists.talkTo(telegramId);
  await phone.start();
  expect(await textOf(phone)).toContain("This is the bot of NormalDance");
  await phone.say("/talk");
  expect(await textOf(phone)).toBe("How are you?");
  await phone.say("fine");
  await page.locator("#node-pause").getByText("1 waiting").waitFor();

  // The hour ends at once.
  const timeline = await openNewestRun(page, botPath);
  await intervene(page, "Resume now");
  expect(await textOf(phone)).toBe("So you are fine.");
  await timeline.getByText("An operator resumed it").waitFor();
  await timeline.getByText("Why: it is stuck").waitFor();

  await phone.say("/talk");
  expect(await textOf(phone)).toBe("How are you?");
  await visit(page, `${botPath}?workflow=talk`);
  await openNode(page, "ask");
  await field(page, "Text in English").fill("How do you feel?");
  await backToList(page);
  await page.getByText("Draft saved").waitFor();
  await publish(page, 2);
  const moved = await openNewestRun(page, botPath);
  await intervene(page, "Move to a version", async (dialog) => {
    await dialog.getByLabel("Version").selectOption("2");
    await dialog.getByLabel("Node").selectOption("the same: ask");
  });
  expect(await textOf(phone)).toBe("How do you feel?");
  await moved.getByText("An operator moved it to another version").waitFor();
  await page.getByText("version 2").first().waitFor();
});

it("a draft is tested with the artist's own Telegram", async () => {
  const { page, telegramId, id } = await openTalk("Test");
  await drag(page, handle(page, "ask", "next"), handle(page, "pause", "in"));
  await page.getByText("Draft saved").waitFor();
  const begin = async () => {
    await toolbar(page).getByRole("button", { name: "Test" }).click();
    const dialog = page.getByRole("dialog", { name: "Test the draft" });
    await dialog.getByRole("button", { name: "Begin with me" }).click();
    return dialog;
  };
  // Without a linked Telegram it says what is missing.
  const refused = await begin();
  await refused.getByRole("alert").waitFor();
  await page.keyboard.press("Escape");

  const phone = await artists.talkTo(telegramId);
  await phone.start();
  expect(await textOf(phone)).toContain("This is the bot of NormalDance");
  await artists.database.query(
    `UPDATE "BotPerson" SET "userId" = $1, "linkedAt" = now() WHERE "telegramId" = $2`,
    [id, phone.userId],
  );
  const dialog = await begin();
  await dialog.getByText("It has begun: answer the bot.").waitFor();
  expect(await textOf(phone)).toBe("How are you?");
  await dialog.getByRole("link", { name: "Look at the execution" }).click();
  await page.getByText("test of a draft").first().waitFor();
});

it("workflows go to a file and come from one, and a deleted bot is gone", async () => {
  const { page, botPath } = await openTalk("Files");
  // What is published is exported; the draft of `/talk` is not.
  const downloaded = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download all workflows" }).click();
  const stream = await (await downloaded).createReadStream();
  const exported = JSON.parse(await text(stream));
  expect(exported).toMatchObject({ format: "normaldance-bot", version: 1 });
  expect(exported.workflows.map(({ key }: { key: string }) => key)).toContain("start");

  await page.getByRole("button", { name: "Import a file" }).click();
  const dialog = page.getByRole("dialog", { name: "Import workflows from a file" });
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.getByText("Choose a file").waitFor();
  await dialog.getByLabel("File").setInputFiles(file("no JSON"));
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.getByText("This is not a file of workflows").waitFor();
  const other = {
    key: "other",
    command: null,
    definition: { ...talk, start: "end", nodes: { end: { kind: "end" } } },
  };
  const document = { format: "normaldance-bot", version: 1, workflows: [other] };
  // What is wrong is named, and nothing is written.
  await dialog.getByLabel("File").setInputFiles(file({ ...document, workflows: [{ ...other, key: "?" }] }));
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.getByText(/workflows\.0\.key/).waitFor();
  await dialog.getByLabel("File").setInputFiles(file(document));
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.getByText("Drafts: 1 workflow").waitFor();
  await page.keyboard.press("Escape");
  await page
    .getByRole("navigation", { name: "Workflows" })
    .getByRole("link", { name: /^other/ })
    .waitFor();

  await page.getByRole("button", { name: "Delete the bot" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
  await page.getByRole("heading", { name: "No bots yet" }).waitFor();
  expect((await page.goto(botPath))?.status()).toBe(404);
  const botId = botPath.split("/").at(-1);
  const { rows } = await artists.database.query(`SELECT id FROM "BotWorkflow" WHERE "projectId" = $1`, [
    botId,
  ]);
  expect(rows).toEqual([]);
});
