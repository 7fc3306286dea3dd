import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCallbackData, resumeData, startData } from "@/lib/bot/callback-data";
import { readPath } from "@/lib/bot/http-request";
import { renderHtml, renderText } from "@/lib/bot/template";
import { nextDueMs } from "@/lib/bot/time-of-day";
import { newId } from "@/lib/core/ids";
import { isPrivateAddress } from "@/lib/core/outgoing-request";
import { isTelegramHtml, MAX_CALLBACK_BYTES, visibleLength } from "@/lib/schemas/telegram-text";
import { runs } from "@/tests/support/fuzz/runs";

describe("templates", () => {
  const values = (text: string) => (name: string) => (name === "name" ? text : undefined);

  it("show values as they are, once", () => {
    expect(renderHtml("Hi <b>{{name}}</b>", values("<b>{{name}}</b> & co"), "en", 4_096)).toBe(
      "Hi <b>&lt;b&gt;{{name}}&lt;/b&gt; &amp; co</b>",
    );
    expect(renderText("{{name}}{{other}}", values("{{name}}"))).toBe("{{name}}");
  });

  it("shows numbers in the language of the reader", () => {
    const render = (locale: "ru" | "en") =>
      renderHtml("{{sum}} {{year}}", (name) => (name === "sum" ? 2.5 : 2026), locale, 99);
    expect([render("ru"), render("en")]).toEqual(["2,5 2026", "2.5 2026"]);
  });

  it("keep the direction of a value to itself", () => {
    const render = (name: string) => renderHtml("<b>{{name}}</b>, 5 EUR", values(name), "en", 4_096);
    expect(render("\u202emoor")).toBe("<b>\u2068moor\u2069</b>, 5 EUR");
    expect(render("\u05d0\n\u05d1")).toBe("<b>\u2068\u05d0\u2069\n\u2068\u05d1\u2069</b>, 5 EUR");
    expect(render("Tess")).toBe("<b>Tess</b>, 5 EUR");
  });

  it("of a person with many spaces in them take no time", () => {
    const hostile = `{{${" ".repeat(16_000)}`;
    const startMs = performance.now();
    expect(renderText(hostile, values(""))).toHaveLength(1_000);
    expect(performance.now() - startMs).toBeLessThan(100);
    expect(renderText("{{  name  }}", values("Tess"))).toBe("Tess");
  });

  it("stay valid and short enough for Telegram with any value", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 3_000 }),
        fc.integer({ min: 20, max: 200 }),
        (text, max) => {
          const html = renderHtml("<i>{{name}}</i>: <b>{{name}}</b>", values(text), "en", max);
          expect(visibleLength(html)).toBeLessThanOrEqual(max);
          expect(isTelegramHtml(html)).toBe(true);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});

describe("callback data", () => {
  it("fits Telegram and comes back", () => {
    const executionId = newId();
    const data = resumeData(executionId, "abcd_-12", 19);
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(MAX_CALLBACK_BYTES);
    expect(parseCallbackData(data)).toEqual({ kind: "resume", executionId, token: "abcd_-12", index: 19 });
    expect(Buffer.byteLength(startData("a".repeat(32)))).toBeLessThanOrEqual(MAX_CALLBACK_BYTES);
  });

  it("of any client never throws", () => {
    fc.assert(fc.property(fc.string(), (data) => void parseCallbackData(data)));
    expect(parseCallbackData(`r:${"A".repeat(21)}Q:abcdefgh:1`)).toBeNull();
  });
});

describe("addresses", () => {
  it.each([
    ...["127.0.0.1", "10.1.2.3", "169.254.169.254", "172.31.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0"],
    ...[
      "::1",
      "::",
      "fe80::1",
      "fd00:ec2::254",
      "::ffff:127.0.0.1",
      "::ffff:169.254.169.254",
      "64:ff9b::a00:1",
    ],
    ...["2002:7f00:1::", "224.0.0.1", "255.255.255.255", "not an address", "fe80::1%eth0"],
  ])("%s is private", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(["8.8.8.8", "1.1.1.1", "2606:4700::1111"])("%s is public", (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

it("a path reads own values alone", () => {
  expect(readPath({ items: [{ price: 5 }] }, "items.0.price")).toBe(5);
  expect(readPath({}, "constructor.name")).toBeNull();
  expect(readPath({ a: { b: {} } }, "a.b")).toBeNull();
});

it("a time of day is the next one", () => {
  const now = Date.parse("2026-11-29T18:30:00Z");
  expect(new Date(nextDueMs("18:30", now)).toISOString()).toBe("2026-11-30T18:30:00.000Z");
  expect(new Date(nextDueMs("18:31", now)).toISOString()).toBe("2026-11-29T18:31:00.000Z");
});
