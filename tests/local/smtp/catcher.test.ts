import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createTransport } from "nodemailer";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { afterTest } from "@/tests/support/servers/after-test";
import { list, send, start, subjects } from "@/tests/support/servers/smtp";
import { PortTakenError } from "../../../local/http/server";

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), "nd-mail-"));
  afterTest(() => rm(made, { recursive: true, force: true }));
  return made;
}

describe("a caught mail", () => {
  it("is returned with its parts, headers and attachments", async () => {
    const catcher = await start();
    await send(catcher, {
      to: "Кто-то <One@normaldance.test>",
      cc: "two@normaldance.test",
      bcc: "three@normaldance.test",
      subject: "Тема 🎧",
      text: "Текст\nписьма",
      html: "<p>Вид</p>",
      headers: { "X-Extra": "yes" },
      attachments: [{ filename: "чек №1.txt", content: "42 ₽" }],
    });
    const [summary] = (await list(catcher)).items;
    expect(summary).toMatchObject({
      subject: "Тема 🎧",
      to: ["One@normaldance.test", "two@normaldance.test", "three@normaldance.test"],
      from: { name: "App", address: "app@normaldance.test" },
      snippet: "Текст письма",
      attachmentCount: 1,
      repeat: false,
    });
    const mail = await (await fetch(`${catcher.pageUrl}/api/messages/${summary?.id}`)).json();
    expect(mail).toMatchObject({
      text: "Текст\nписьма",
      html: "<p>Вид</p>",
      cc: ["two@normaldance.test"],
      attachments: [{ index: 0, filename: "чек №1.txt", contentType: "text/plain" }],
    });
    expect(mail.headers).toContainEqual({ name: "X-Extra", value: "yes" });
    const file = await fetch(`${catcher.pageUrl}/messages/${summary?.id}/attachments/0`);
    expect(await file.text()).toBe("42 ₽");
    expect(file.headers.get("content-type")).toBe("application/octet-stream");
    expect(file.headers.get("content-disposition")).toMatch(/^attachment; filename\*=UTF-8''%D1%87/);
    const source = await (await fetch(`${catcher.pageUrl}/messages/${summary?.id}/source`)).text();
    expect(source).toContain("X-Extra: yes");
    expect(source).not.toContain("three@");
  });

  it("may lack subject, text and headers, and may be sent with credentials", async () => {
    const catcher = await start();
    await send(catcher, { subject: "", text: "" });
    const url = catcher.smtpUrl.replace("smtp://", "smtp://user:p%40ss@");
    await createTransport({ url }).sendMail({ from: "a@b.test", to: "c@d.test", subject: "with a password" });
    await raw(catcher.smtpUrl, [
      "EHLO me",
      "MAIL FROM:<>",
      "RCPT TO:<x@y.test>",
      "DATA",
      "\0 no header\r\n.",
    ]);
    await waitUntil("all mails are listed", async () => (await list(catcher)).total === 3);
    expect((await list(catcher, "?to=x@y.test")).items).toMatchObject([
      { subject: "", from: { address: "" } },
    ]);
  });

  it("is marked as a repeat when an earlier mail has its Message-ID", async () => {
    const catcher = await start();
    for (const messageId of ["<1@x.test>", "<1@x.test>", "<2@x.test>"]) await send(catcher, { messageId });
    expect((await list(catcher)).items.map(({ repeat }) => repeat)).toEqual([false, true, false]);
  });
});

describe("the list of mails", () => {
  it("is newest first, filtered by address or words, and paginated", async () => {
    const catcher = await start();
    for (const name of ["one", "two", "three", "four"]) {
      await send(catcher, {
        to: `${name}@normaldance.test`,
        subject: `Subject ${name}`,
        text: `Письмо ${name}`,
      });
    }
    expect(await subjects(catcher)).toEqual(["Subject four", "Subject three", "Subject two", "Subject one"]);
    expect(await subjects(catcher, "?to=TWO@normaldance.test")).toEqual(["Subject two"]);
    expect(await subjects(catcher, `?q=${encodeURIComponent("письмо THREE")}`)).toEqual(["Subject three"]);
    expect(await subjects(catcher, "?q=nowhere")).toEqual([]);
    const first = await list(catcher, "?limit=3");
    expect(first).toMatchObject({ total: 4, nextCursor: first.items.at(-1)?.id });
    const second = await list(catcher, `?limit=3&before=${first.nextCursor}`);
    expect(second.items.map(({ subject }) => subject)).toEqual(["Subject one"]);
    expect(second.nextCursor).toBeNull();
  });

  it("no longer has deleted mails: one, those to an address, all", async () => {
    const catcher = await start();
    for (const name of ["one", "two", "three"]) await send(catcher, { to: `${name}@x.test`, subject: name });
    const [newest] = (await list(catcher)).items;
    const remove = (path: string) => fetch(`${catcher.pageUrl}/api/messages${path}`, { method: "DELETE" });
    expect((await remove(`/${newest?.id}`)).status).toBe(200);
    expect((await remove(`/${newest?.id}`)).status).toBe(404);
    expect(await subjects(catcher)).toEqual(["two", "one"]);
    expect(await (await remove("?to=one@x.test")).json()).toEqual({ deleted: 1 });
    expect(await subjects(catcher)).toEqual(["two"]);
    await remove("");
    expect(await list(catcher)).toEqual({ items: [], nextCursor: null, total: 0 });
  });

  it.each(["?limit=0", "?limit=x", "?before=1", "?limit=1001"])("refuses %s", async (query) => {
    const catcher = await start();
    expect((await fetch(`${catcher.pageUrl}/api/messages${query}`)).status).toBe(400);
  });
});

describe("the data folder", () => {
  it("keeps mails across a restart, up to the limit", async () => {
    const dataDir = await folder();
    const before = await start({ dataDir, limit: 3 });
    for (const subject of ["1", "2", "3", "4"]) await send(before, { subject, html: `<p>${subject}</p>` });
    expect(await subjects(before)).toEqual(["4", "3", "2"]);
    await before.close();
    expect(await readdir(dataDir)).toHaveLength(3);

    const after = await start({ dataDir, limit: 2 });
    expect(await subjects(after)).toEqual(["4", "3"]);
    const [newest] = (await list(after)).items;
    expect(await (await fetch(`${after.pageUrl}/api/messages/${newest?.id}`)).json()).toMatchObject({
      html: "<p>4</p>",
    });
    expect(await readdir(dataDir)).toHaveLength(2);
  });

  it("is opened after a crash: temporary files are deleted, damaged and foreign files stay", async () => {
    const dataDir = await folder();
    await writeFile(path.join(dataDir, "x.mail.tmp"), "half");
    await writeFile(path.join(dataDir, "y.mail"), "no summary");
    await writeFile(path.join(dataDir, "notes.txt"), "mine");
    const catcher = await start({ dataDir });
    await send(catcher);
    expect(await subjects(catcher)).toEqual(["Subject"]);
    expect((await readdir(dataDir)).filter((name) => /^[xyn]/.test(name)).sort()).toEqual([
      "notes.txt",
      "y.mail",
    ]);
  });
});

describe("a fault", () => {
  it("affects `times` mails", async () => {
    const catcher = await start();
    catcher.fail({ kind: "answer", code: 451, times: 2 });
    for (let attempt = 1; attempt <= 2; attempt++)
      await expect(send(catcher)).rejects.toMatchObject({ responseCode: 451 });
    await send(catcher);
    expect((await list(catcher)).total).toBe(1);
  });

  it("affects only mails to its address", async () => {
    const catcher = await start();
    catcher.fail({ kind: "answer", code: 550, to: "One@normaldance.test" });
    await expect(send(catcher, { to: "one@normaldance.test" })).rejects.toMatchObject({ responseCode: 550 });
    await send(catcher, { to: "two@normaldance.test" });
    catcher.heal();
    await send(catcher, { to: "one@normaldance.test" });
    expect((await list(catcher)).total).toBe(2);
  });

  it("can refuse the connection, hang, and drop the reply after storing the mail", async () => {
    const catcher = await start();
    catcher.fail({ kind: "refuse", times: 1 });
    await expect(send(catcher)).rejects.toMatchObject({ code: "ECONNECTION" });
    catcher.fail({ kind: "hang", times: 1 });
    await expect(send(catcher, {}, { silenceMs: 500 })).rejects.toMatchObject({ code: "ETIMEDOUT" });
    expect((await list(catcher)).total).toBe(0);
    catcher.fail({ kind: "drop", times: 1 });
    await expect(send(catcher)).rejects.toMatchObject({ code: "ECONNECTION" });
    expect((await list(catcher)).total).toBe(1);
  });

  it("can be set over HTTP", async () => {
    const catcher = await start();
    const faults = `${catcher.pageUrl}/api/faults`;
    const put = (body: string) => fetch(faults, { method: "PUT", body });
    expect((await put('{"kind":"answer","code":554,"at":"mail"}')).status).toBe(200);
    await expect(send(catcher)).rejects.toMatchObject({ responseCode: 554 });
    expect((await put('{"kind":"answer","code":250}')).status).toBe(400);
    expect((await put('{"kind":"explode"}')).status).toBe(400);
    expect((await put("{")).status).toBe(400);
    expect(await (await fetch(faults)).json()).toMatchObject({ fault: { code: 554 } });
    expect((await fetch(faults, { method: "DELETE" })).status).toBe(200);
    await send(catcher);
  });
});

describe("the server", () => {
  it("throws PortTakenError when a port is in use", async () => {
    const first = await start();
    const smtpPort = Number(new URL(first.smtpUrl).port);
    const pagePort = Number(new URL(first.pageUrl).port);
    await expect(start({ smtpPort })).rejects.toThrow(PortTakenError);
    await expect(start({ pagePort })).rejects.toThrow(`Port ${pagePort} (mailbox) is taken`);
  });

  it("sends an event to subscribers when the mailbox changes", async () => {
    const catcher = await start();
    const response = await fetch(`${catcher.pageUrl}/api/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let received = "";
    const listening = (async () => {
      while (!received.includes("data: changed")) received += (await reader?.read())?.value ?? "";
    })();
    await send(catcher);
    await listening;
    await reader?.cancel();
  });

  it("closes while an event stream is open and a mail hangs", async () => {
    const catcher = await start();
    const watching = await fetch(`${catcher.pageUrl}/api/events`);
    const cutOff = watching.text().catch(() => "cut");
    catcher.fail({ kind: "hang" });
    const sending = send(catcher).catch((error: unknown) => error);
    await waitUntil("the mail was received", () => catcher.hanging > 0);
    await catcher.close();
    expect(await cutOff).toMatch(/cut|retry/);
    expect(await sending).toBeInstanceOf(Error);
  });
});

describe("a browser on another origin", () => {
  it("is refused under a foreign host name", async () => {
    const catcher = await start();
    const statusFor = (host: string) => rawHttp(`${catcher.pageUrl}/api/messages`, { host });
    expect(await statusFor("evil.example")).toBe(403);
    expect(await statusFor("localhost:1")).toBe(200);
  });

  it("cannot delete mails or set faults", async () => {
    const catcher = await start();
    await send(catcher);
    const refused: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", origin: catcher.pageUrl },
    ];
    for (const headers of refused) {
      expect(await rawHttp(`${catcher.pageUrl}/api/messages`, headers, "DELETE")).toBe(403);
      expect(await rawHttp(`${catcher.pageUrl}/api/faults`, headers, "PUT")).toBe(403);
    }
    expect((await list(catcher)).total).toBe(1);
    const own = { origin: catcher.pageUrl, "sec-fetch-site": "same-origin" };
    expect(await rawHttp(`${catcher.pageUrl}/api/messages`, own, "DELETE")).toBe(200);
  });

  it.each([
    ["POST", "/", 405],
    ["POST", "/api/messages", 405],
    ["GET", "/api/nothing", 404],
    ["GET", "/api/messages/1/2", 404],
    ["GET", "/messages/0199a5f2-7c1e-7d3a-9b52-1f6f0a4be001/html", 404],
    ["GET", "/..%2f..%2fpackage.json", 404],
    ["GET", "/constructor", 404],
  ])("%s %s is %i", async (method, path, status) => {
    const catcher = await start();
    expect((await fetch(catcher.pageUrl + path, { method })).status).toBe(status);
  });
});

/** For headers that `fetch` overrides: Host and Sec-Fetch-*. */
function rawHttp(url: string, headers: Record<string, string>, method = "GET"): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

/** Sends lines to the server, each after the reply to the previous one. */
function raw(smtpUrl: string, lines: string[]): Promise<void> {
  const { hostname, port } = new URL(smtpUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let left = [...lines];
    socket.on("error", reject).on("close", () => resolve());
    socket.on("data", (data) => {
      if (/^\d{3}-/.test(String(data).split("\r\n").at(-2) ?? "")) return;
      const [line, ...rest] = left;
      left = rest;
      if (line === undefined) socket.end();
      else socket.write(`${line}\r\n`);
    });
  });
}
