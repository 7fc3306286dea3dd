import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countLineBreaks, toOneLine } from "@/lib/core/text";
import { newChatSchema } from "@/lib/schemas/chat";
import { isEmoji, toCanonicalEmoji } from "@/lib/schemas/emoji";
import { quoteText } from "@/lib/schemas/mention";
import { newPostSchema } from "@/lib/schemas/post";
import { visibleTextSchema } from "@/lib/schemas/text";
import { runs } from "@/tests/support/fuzz/runs";

describe("a text of one line", () => {
  it.each([
    ["Nova \u202e ti yub", "Nova  ti yub"],
    ["a\u2066b\u2069c", "abc"],
    ["Eve\r\n\r\nYour account", "Eve Your account"],
    ["a\u2028b\u0085c\td", "a b c d"],
    ["bell\u0007", "bell"],
    ["и\u0306 и ё", "й и ё"],
    ["👨\u200d👩\u200d👧 ❤\ufe0f", "👨\u200d👩\u200d👧 ❤\ufe0f"],
    ["می\u200cخواهم", "می\u200cخواهم"],
    ["שלום\u200f!", "שלום\u200f!"],
  ])("%j becomes %j", (text, line) => expect(toOneLine(text)).toBe(line));

  it("has no line break and no override, whatever it was, and is not changed again", () => {
    const characters = fc.constantFrom(
      "a",
      "\n",
      "\r",
      "\u2029",
      "\u202d",
      "\u2067",
      "и",
      "\u0306",
      " ",
      "\u0000",
    );
    fc.assert(
      fc.property(
        fc.array(characters).map((all) => all.join("")),
        (text) => {
          const line = toOneLine(text);
          expect(line).not.toMatch(/[\n\r\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
          expect(toOneLine(line)).toBe(line);
        },
      ),
      { numRuns: runs(200) },
    );
  });

  it("is what names and titles are, and a request with another form of it succeeds", () => {
    expect(visibleTextSchema(10).parse("  a\nb\u202e ")).toBe("a b");
    expect(newChatSchema.parse({ kind: "group", title: "a\nb" })).toMatchObject({ title: "a b" });
    expect(newPostSchema.parse({ title: "Night \u202e drive", tags: ["a\nb", "A b"] })).toMatchObject({
      ...{ title: "Night  drive", tags: ["a b"] },
    });
    for (const empty of ["\u202e", "\n", "\u200d"])
      expect(visibleTextSchema(10).safeParse(empty).success).toBe(false);
  });
});

it("a carriage return with its line feed is one line break", () => {
  expect(["", "a", "a\r\nb", "\n\r", "a\u2028b\u2029\u0085"].map(countLineBreaks)).toEqual([0, 0, 1, 2, 3]);
});

describe("an emoji", () => {
  it.each([
    ["❤️", ["❤", "❤\ufe0e", "❤\ufe0f\ufe0f", "❤️"]],
    ["👍", ["👍", "👍\ufe0f", "👍\ufe0e"]],
    ["🏳️‍🌈", ["🏳\u200d🌈", "🏳️‍🌈", "🏳\u200d🌈\ufe0f"]],
    ["🕵🏻‍♂️", ["🕵🏻\u200d♂", "🕵🏻‍♂️"]],
    ["☝🏻", ["☝🏻", "☝\ufe0f🏻"]],
  ])("%s has one form", (form, variants) => {
    for (const variant of variants) {
      expect([variant, toCanonicalEmoji(variant)]).toEqual([variant, form]);
      expect(isEmoji(toCanonicalEmoji(variant))).toBe(true);
    }
  });

  it("has no invisible characters that make another one of it", () => {
    for (const wrong of ["👍\u200d", "👍\u{e0020}", "👍\u200b", "\ufe0f", "🏻"])
      expect([wrong, isEmoji(toCanonicalEmoji(wrong))]).toEqual([wrong, false]);
  });
});

describe("a quote", () => {
  const id = "01920000-0000-7000-8000-000000000000";
  const mention = `@[Мира](${id})`;

  it("shows no part of a mention's markup, wherever the text was cut", () => {
    const text = `Привет, ${mention}!`;
    for (let length = 1; length < text.length; length += 1) {
      const quote = quoteText(text.slice(0, length), { isCut: true, maxLength: 160 });
      expect([length, quote]).toEqual([length, expect.stringMatching(/^П[^[\]()0]*$/)]);
    }
    expect(quoteText(text, { isCut: false, maxLength: 160 })).toBe("Привет, @Мира!");
  });

  it("leaves out a link that does not fit, and keeps one that does", () => {
    const text = `See http://localhost:3000/posts/${id} now`;
    expect(quoteText(text, { isCut: false, maxLength: 30 })).toBe("See");
    expect(quoteText(text, { isCut: false, maxLength: 200 })).toBe(text);
    expect(quoteText("an @[unfinished", { isCut: false, maxLength: 160 })).toBe("an @[unfinished");
  });
});
