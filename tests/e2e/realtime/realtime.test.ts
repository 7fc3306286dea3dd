import type { BrowserContext, Page, Request } from "playwright-core";
import { describe, expect, it } from "vitest";
import { signInForToken, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { openRawStream } from "@/tests/support/clients/raw-stream";
import { startNextServer } from "@/tests/support/processes/next-server";

/** The one event stream that a browser's tabs share. */

const { app, openContext } = await startBrowserTests();

async function newUser() {
  const context = await openContext();
  const account = await signUpInBrowser(context);
  const open = new Set<Request>();
  const opened: Request[] = [];
  context.on("request", (request) => {
    if (request.method() !== "GET" || new URL(request.url()).pathname !== "/api/realtime") return;
    open.add(request);
    opened.push(request);
  });
  context.on("requestfinished", (request) => void open.delete(request));
  context.on("requestfailed", (request) => void open.delete(request));
  /** Number of open streams; a closed page reports no end of its requests. */
  const streams = () => [...open].filter((request) => !request.frame().page().isClosed()).length;
  return { context, account, streams, opened };
}

async function tab(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

const channelsOf = (request: Request | undefined) =>
  request ? new URL(request.url()).searchParams.getAll("channel") : [];

describe("the tabs of a browser", () => {
  it("share one stream with the channels of all tabs", async () => {
    const { context, account, streams, opened } = await newUser();
    await tab(context, "/me");
    await expect.poll(streams).toBe(1);
    await tab(context, "/");
    await tab(context, "/shop");
    await expect.poll(() => channelsOf(opened.at(-1))).toContain(`user:${account.id}`);
    await expect.poll(streams).toBe(1);
  });

  it("hand the stream over with its cursors when the tab that has it closes", async () => {
    const { context, account, streams, opened } = await newUser();
    const first = await tab(context, "/me");
    await expect.poll(() => channelsOf(opened.at(-1))).toContain(`user:${account.id}`);
    await tab(context, "/shop");
    await tab(context, "/");
    // An event moves the cursors of all tabs.
    const read = () => context.request.post("/api/notifications/read", { data: { all: true } });
    expect((await read()).status()).toBe(200);
    const before = opened.length;
    await first.close();
    await expect.poll(() => opened.length).toBeGreaterThan(before);
    await expect.poll(streams).toBe(1);
    const { searchParams } = new URL(opened.at(-1)?.url() ?? "");
    const index = searchParams.getAll("channel").indexOf(`user:${account.id}`);
    expect(searchParams.getAll("after")[index]).toMatch(/^[0-9a-f]{12}:\d+$/);
  });
});

it("a server that shuts down asks its streams to reconnect first", async () => {
  const { account } = await newUser();
  const token = await signInForToken(app.url, account);
  const server = await startNextServer(app.env);
  const events: string[] = [];
  const stream = await openRawStream(`${server.url}/api/realtime?channel=views`, token, (text) =>
    events.push(text),
  );
  await expect.poll(() => events.some((text) => text.includes("event: joined"))).toBe(true);
  await server.stop();
  expect(events.at(-1)).toContain("event: reconnect");
  stream.close();
});
