import { request } from "node:http";
import { describe, expect, it } from "vitest";
import {
  apiOf,
  botIdOf,
  callApi,
  controlOf,
  newToken,
  openPhone,
  start,
} from "@/tests/support/servers/telegram";

describe("tokens", () => {
  it("creates the bot with the first call of a token", async () => {
    const { url } = await start();
    const token = newToken();
    const id = botIdOf(token);
    expect(await apiOf(url, token).getMe()).toMatchObject({
      ...{ id, is_bot: true, first_name: `Bot ${id}`, username: `local_${id}_bot` },
    });
  });

  it.each(["abc", "123:short", "0123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "123:AAAAAAAAAAAAAAAAAAAAAA!AAAAAAA"])(
    "refuses %s with 401",
    async (token) => {
      const { url } = await start();
      expect(await callApi(url, token, "getMe")).toEqual({
        status: 401,
        body: { ok: false, error_code: 401, description: "Unauthorized: invalid token specified" },
      });
    },
  );

  it("refuses another token of a known bot", async () => {
    const { url } = await start();
    const token = newToken();
    await apiOf(url, token).getMe();
    const other = `${botIdOf(token)}:${"B".repeat(35)}`;
    expect((await callApi(url, other, "getMe")).body).toEqual({
      ...{ ok: false, error_code: 401, description: "Unauthorized" },
    });
  });

  it("accepts only listed tokens, if there is a list", async () => {
    const token = newToken();
    const { url } = await start({ tokens: [token] });
    expect((await callApi(url, token, "getMe")).status).toBe(200);
    expect((await callApi(url, newToken(), "getMe")).status).toBe(401);
  });
});

describe("requests", () => {
  it("answers an unknown method with 404", async () => {
    const { url } = await start();
    expect((await callApi(url, newToken(), "sendNothing")).body).toEqual({
      ...{ ok: false, error_code: 404, description: "Not Found: method not found" },
    });
    expect((await fetch(`${url}/bot${newToken()}`)).status).toBe(404);
  });

  it("takes parameters from query, form, JSON and multipart, and methods in any case", async () => {
    const { url } = await start();
    const token = newToken();
    const endpoint = `${url}/bot${token}/SETMYNAME`;
    const form = new FormData();
    form.set("name", "Fourth");
    const requests: [string, RequestInit][] = [
      [`${endpoint}?name=First`, {}],
      [endpoint, { method: "POST", body: new URLSearchParams({ name: "Second" }) }],
      [
        endpoint,
        { method: "POST", body: '{"name":"Third"}', headers: { "content-type": "application/json" } },
      ],
      [endpoint, { method: "POST", body: form }],
    ];
    const names: string[] = [];
    for (const [address, init] of requests) {
      expect((await fetch(address, init)).status).toBe(200);
      names.push((await apiOf(url, token).getMyName()).name);
    }
    expect(names).toEqual(["First", "Second", "Third", "Fourth"]);
  });

  it("refuses JSON that is none", async () => {
    const { url } = await start();
    const response = await fetch(`${url}/bot${newToken()}/getMe`, {
      ...{ method: "POST", body: "{", headers: { "content-type": "application/json" } },
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      { ok: false, error_code: 400, description: "Bad Request: can't parse JSON object" },
    ]);
  });

  it("answers no browser of another origin and no other Host", async () => {
    const { url } = await start();
    const address = `${url}/bot${newToken()}/setWebhook?url=http://192.0.2.1`;
    expect((await fetch(address, { headers: { origin: "https://example.com" } })).status).toBe(403);
    expect((await fetch(`${url}/api/bots`, { method: "POST", headers: { origin: "null" } })).status).toBe(
      403,
    );
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      request({ hostname, port, path: "/api/bots", headers: { host: "evil.example" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(403);
  });
});

describe("the profile", () => {
  it("keeps name, descriptions and commands, by language and scope", async () => {
    const { url } = await start();
    const token = newToken();
    const api = apiOf(url, token);
    await api.setMyName("Shop");
    await api.setMyName("Лавка", { language_code: "ru" });
    expect([await api.getMyName(), await api.getMyName({ language_code: "ru" })]).toEqual([
      { name: "Shop" },
      { name: "Лавка" },
    ]);
    await api.setMyDescription("About");
    expect(await api.getMyDescription()).toEqual({ description: "About" });
    await api.setMyCommands([{ command: "start", description: "Start" }]);
    const forOne = { type: "chat", chat_id: 7 } as const;
    await api.setMyCommands([{ command: "admin", description: "Admin" }], { scope: forOne });
    expect(await api.getMyCommands()).toEqual([{ command: "start", description: "Start" }]);
    const phone = await openPhone(url, botIdOf(token), { id: 7 });
    expect((await phone.chat()).commands).toEqual([{ command: "admin", description: "Admin" }]);
    await api.deleteMyCommands({ scope: forOne });
    expect((await phone.chat()).commands).toEqual([{ command: "start", description: "Start" }]);
    await expect(api.setMyCommands([{ command: "Bad!", description: "x" }])).rejects.toThrow(
      "BOT_COMMAND_INVALID",
    );
  });

  it("shows a chat that was opened, and no other", async () => {
    const { url } = await start();
    const token = newToken();
    const phone = await openPhone(url, botIdOf(token), { id: 8, firstName: "Ann", username: "annie" }).catch(
      () => null,
    );
    const api = apiOf(url, token);
    await api.getMe();
    await expect(api.getChat(8)).rejects.toThrow("400: Bad Request: chat not found");
    await phone?.start();
    expect(await api.getChat(8)).toMatchObject({
      id: 8,
      type: "private",
      first_name: "Ann",
      username: "annie",
    });
  });
});

it("logs the calls of a bot and counts them", async () => {
  const { url } = await start();
  const token = newToken();
  const id = botIdOf(token);
  await apiOf(url, token).getMe();
  await callApi(url, token, "sendMessage", { chat_id: 1, text: "x" });
  const calls = await controlOf(url).calls(id);
  expect(calls.map(({ method, status, chat, description }) => [method, status, chat, description])).toEqual([
    ["getMe", 200, null, null],
    ["sendMessage", 400, 1, "Bad Request: chat not found"],
  ]);
  expect(await controlOf(url).calls(id, "?method=getme")).toHaveLength(1);
  await controlOf(url).clearCalls(id);
  expect(await controlOf(url).calls(id)).toEqual([]);
});
