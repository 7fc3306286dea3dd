import { serve } from "@upstash/qstash/workflow";
import { describe, expect, it } from "vitest";
import { start } from "@/tests/support/servers/qstash";

const REFUSAL = { error: expect.stringContaining("does not support Upstash Workflow yet") };

/** Headers that @upstash/workflow 1.3 sends with the first message of a run. */
const TRIGGER = {
  "Upstash-Workflow-Init": "true",
  "Upstash-Workflow-RunId": "wfr_1",
  "Upstash-Workflow-Url": "https://app.example/workflow",
  "Upstash-Feature-Set": "LazyFetch,InitialBody,WF_DetectTrigger,WF_TriggerOnConfig",
  "Upstash-Forward-Upstash-Workflow-Sdk-Version": "1",
};

const ROUTES: [route: string, (url: string) => string, headers?: Record<string, string>][] = [
  ["publish", (url) => `/v2/publish/${url}`],
  ["enqueue", (url) => `/v2/enqueue/line/${url}`],
  ["a schedule", (url) => `/v2/schedules/${url}`, { "Upstash-Cron": "* * * * *" }],
  ["a schedule by publish", (url) => `/v2/publish/${url}`, { "Upstash-Cron": "* * * * *" }],
];

describe("a workflow's message", () => {
  it.each(ROUTES)("is refused by %s", async (_, path, headers) => {
    const { api, client, receiver, qstash } = await start();
    const response = await api(path(receiver.url), {
      method: "POST",
      headers: { ...TRIGGER, ...headers },
      body: "{}",
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual(REFUSAL);
    expect(qstash.stats().published).toBe(0);
    expect(await client.schedules.list()).toEqual([]);
  });

  it.each([
    "Upstash-Workflow-RunId",
    "upstash-workflow-runid",
    "Upstash-Forward-Upstash-Workflow-Sdk-Version",
    "Upstash-Callback-Workflow-RunId",
    "Upstash-Callback-Forward-Upstash-Workflow-StepId",
    "Upstash-Failure-Callback-Workflow-Calltype",
    "Upstash-Failure-Callback-Forward-Upstash-Workflow-Is-Failure",
    "Upstash-Callback-Failure-Callback-Workflow-Url",
    "Upstash-Callback-Failure-Callback-Forward-Upstash-Workflow-Failure-Callback",
  ])("is refused for the header %s alone", async (name) => {
    const { api, receiver } = await start();
    const response = await api(`/v2/publish/${receiver.url}`, { method: "POST", headers: { [name]: "1" } });
    expect(response.status).toBe(422);
    expect(((await response.json()) as { error: string }).error.toLowerCase()).toContain(name.toLowerCase());
  });

  it("refuses its whole batch, and nothing is sent", async () => {
    const { client, qstash, receiver } = await start();
    const batch = client.batch([
      { url: receiver.url, body: "before" },
      { url: receiver.url, body: "{}", headers: TRIGGER },
      { url: receiver.url, body: "after" },
    ]);
    await expect(batch).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("Upstash-Workflow-"),
    });
    expect(qstash.stats().published).toBe(0);
  });

  it("of the SDK's serve() fails when the route is triggered", async () => {
    const { client, qstash } = await start();
    const url = "https://app.example/workflow";
    const route = serve(async (context) => void (await context.run("step", () => 1)), {
      qstashClient: client,
      url,
    });
    const response = await route(new Request(url, { method: "POST" }));
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("does not support Upstash Workflow yet");
    expect(qstash.stats().published).toBe(0);
  });
});

it("an application header with Workflow in its name is forwarded like any other", async () => {
  const { client, receiver } = await start();
  const headers = { "Workflow-Id": "7", "X-Upstash-Workflow-Id": "8" };
  await client.publish({ url: receiver.url, headers });
  const [got] = await receiver.waitFor(1);
  expect(got?.headers).toMatchObject({ "workflow-id": "7", "x-upstash-workflow-id": "8" });
});
