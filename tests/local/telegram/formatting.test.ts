import { describe, expect, it } from "vitest";
import { parseFormattedText } from "@/local/telegram/text/formatted-text";

const parse = (text: string, mode = "") => parseFormattedText(text, mode, []);
/** The texts that entities cover, each with its type. */
const covered = (source: string, mode: string) => {
  const { text, entities } = parse(source, mode);
  return entities.map(({ type, offset, length }) => `${type}:${text.slice(offset, offset + length)}`);
};
const failure = (source: string, mode: string) => {
  try {
    parse(source, mode);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};
const CANNOT = "Bad Request: can't parse entities: ";

describe("HTML", () => {
  it.each([
    ["<b>a</b> <i>b</i> <u>c</u> <s>d</s>", ["bold:a", "italic:b", "underline:c", "strikethrough:d"]],
    ["<strong>a<em>b</em></strong>", ["bold:ab", "italic:b"]],
    ["😀<b>😀ж</b>", ["bold:😀ж"]],
    ['<a href="https://e.com/?a=1&amp;b=2">x</a>', ["text_link:x"]],
    ['<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>', ["spoiler:x", "spoiler:y"]],
    ['<pre><code class="language-ts">let a;</code></pre>', ["pre:let a;"]],
    ["<blockquote expandable>q</blockquote>", ["expandable_blockquote:q"]],
    ["<code>/start https://e.com</code>", ["code:/start https://e.com"]],
    ["<b></b>x", []],
  ])("%s", (source, expected) => expect(covered(source, "HTML")).toEqual(expected));

  it("decodes references and keeps unknown ones", () => {
    expect(parse("&lt;b&gt; &amp;amp; &quot;&#65;&#x42; &nbsp; &", "HTML").text).toBe(
      '<b> &amp; "AB &nbsp; &',
    );
  });

  it.each([
    ["<x>a</x>", 'Unsupported start tag "x" at byte offset 0'],
    ["ж<br>", 'Unsupported start tag "br" at byte offset 2'],
    ["<b>a", 'Can\'t find end tag corresponding to start tag "b"'],
    ["<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ["a</b>", "Unexpected end tag at byte offset 1"],
    ["a < b", 'Unsupported start tag "" at byte offset 2'],
    ["<b", "Unclosed start tag at byte offset 0"],
  ])("refuses %s", (source, error) => expect(failure(source, "HTML")).toBe(CANNOT + error));
});

describe("MarkdownV2", () => {
  it.each([
    ["*a* _b_ __c__ ~d~ ||e||", ["bold:a", "italic:b", "underline:c", "strikethrough:d", "spoiler:e"]],
    ["*a _b_ c*", ["bold:a b c", "italic:b"]],
    ["`a*b`", ["code:a*b"]],
    ["```ts\nlet a;```", ["pre:let a;"]],
    ["[x](https://e.com/\\))", ["text_link:x"]],
    [">q\n>r\nafter", ["blockquote:q\nr\n"]],
    ["\\*not bold\\*", []],
  ])("%s", (source, expected) => expect(covered(source, "MarkdownV2")).toEqual(expected));

  it.each([
    ["a.b", "Character '.' is reserved and must be escaped with the preceding '\\'"],
    ["1 - 2", "Character '-' is reserved and must be escaped with the preceding '\\'"],
    ["ж*a", "Can't find end of Bold entity at byte offset 2"],
    ["`a", "Can't find end of Code entity at byte offset 0"],
    ["[x](https://e.com", "Can't find end of a URL at byte offset 4"],
  ])("refuses %s", (source, error) => expect(failure(source, "MarkdownV2")).toBe(CANNOT + error));
});

describe("Markdown", () => {
  it("parses its few entities", () => {
    expect(covered("*a* _b_ `c` [d](https://e.com) \\_e", "Markdown")).toEqual([
      ...["bold:a", "italic:b", "code:c", "text_link:d"],
    ]);
    expect(failure("a _b", "Markdown")).toBe(
      `${CANNOT}Can't find end of the entity starting at byte offset 2`,
    );
  });
});

it.each([
  ["/start now", ["bot_command:/start"]],
  ["see https://e.com/a?b=1.", ["url:https://e.com/a?b=1"]],
  ["@someone and #тег1 me@e.com e.com", ["mention:@someone", "hashtag:#тег1", "email:me@e.com", "url:e.com"]],
  ["a/b 1/2", []],
])("finds the entities of %s by itself", (text, expected) => expect(covered(text, "")).toEqual(expected));

it("refuses an unknown mode and a text of more than 32 KiB", () => {
  expect(failure("a", "BBCode")).toBe("Bad Request: unsupported parse_mode");
  expect(failure("a".repeat(32_769), "")).toBe("Bad Request: text is too long");
});

it("trims white space and moves the entities", () => {
  expect(parse("  <b> a</b> ", "HTML")).toEqual({
    ...{ text: "a", entities: [{ type: "bold", offset: 0, length: 1 }] },
  });
});
