import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningApp, startApp } from "@/tests/support/processes/running-app";

/** `npm run build && npm start` as a new developer runs it; CI runs it on the installed and the newest supported Node. */

let app: RunningApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

it(`starts on Node ${process.versions.node}, serves pages, and prints no warning`, async () => {
  const [feed, health] = await Promise.all([fetch(app.url), fetch(`${app.url}/api/health`)]);
  expect([feed.status, health.status]).toEqual([200, 200]);
  expect(await feed.text()).toContain("</html>");
  expect(app.output.filter((line) => /warn|deprecat|not prepared/i.test(line))).toEqual([]);
});
