import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fromMarkup, mentionQueryAt, toMarkup } from "@/app/_features/chat/mention-markup";
import { messageExcerpt } from "@/app/_features/chat/message-excerpt";
import { buildRows, findFirstUnreadSeq } from "@/app/_features/chat/message-rows";
import { prependToChatDraft, readChatDraft, saveChatDraft } from "@/app/_features/chat/store/chat-drafts";
import { isOnlyEmoji, parseTextParts } from "@/app/_features/chat/text-parts";
import { newId } from "@/lib/core/ids";

const ID = newId();

describe("a message's text", () => {
  it("has links for http and https only, without the punctuation around them", () => {
    const links = (text: string) =>
      parseTextParts(text).flatMap((part) => (part.kind === "link" ? [part.text] : []));
    expect(links("see https://a.example/b, (http://c.example/d) and https://e.example/f_(g).")).toEqual([
      "https://a.example/b",
      "http://c.example/d",
      "https://e.example/f_(g)",
    ]);
    expect(links("javascript:alert(1) data:text/html,x ftp://a.example //b.example www.c.example")).toEqual(
      [],
    );
    expect(links("https:// http://[ https://")).toEqual([]);
  });

  it("keeps balanced brackets of a link, and trims only its end", () => {
    const link = (text: string) => parseTextParts(text).find(({ kind }) => kind === "link");
    expect(link("(https://a.example/x_[1]).")).toMatchObject({ text: "https://a.example/x_[1]" });
    expect(link("https://a.example/a)b)))")).toMatchObject({ text: "https://a.example/a)b" });
    expect(link(`https://a.example/${"a".repeat(2_100)}`)).toBeUndefined();
  });

  it("is parsed quickly, also hostile text", () => {
    const hostile = [
      `http://a${")".repeat(1_990)}x${")".repeat(1_990)}`,
      `http://a${"(".repeat(1_990)}${")".repeat(1_999)}`,
      `http://a${".".repeat(3_990)}x`,
      "http://".repeat(571),
      "@[".repeat(2_000),
      `http://a${"]})".repeat(1_330)}`,
    ];
    for (const text of hostile) {
      const startedAt = performance.now();
      parseTextParts(text);
      expect(performance.now() - startedAt).toBeLessThan(100);
    }
  });

  it("is split without loss or additions (property)", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...".,)(][}{!…x/"), maxLength: 40 }),
      fc.constantFrom("https://a.example", "javascript:x", "@[Ann](", `@[Ann](${ID})`, " ", ").", "@["),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("").replaceAll("\0", "");
        const parts = parseTextParts(text);
        const again = parts.map((part) =>
          part.kind === "mention" ? `@[${part.name}](${part.userId})` : part.text,
        );
        expect(again.join("")).toBe(text);
        for (const part of parts) if (part.kind === "link") expect(part.href).toMatch(/^https?:\/\//);
      }),
    );
  });

  it("is shown large when it is only a few emoji", () => {
    expect(["🔥", "👏🏽👏🏽", "👨‍👩‍👧 ❤️", "🇷🇺"].map(isOnlyEmoji)).toEqual([true, true, true, true]);
    expect(["", "12", "🔥a", "🔥🔥🔥🔥", "#", "  "].map(isOnlyEmoji)).toEqual(Array(6).fill(false));
  });

  it("does not repeat the URL of an attached post", () => {
    const post = { id: ID, title: "Snow", authorName: "L" };
    const excerpt = (text: string) => messageExcerpt({ text, post, attachments: [] });
    expect(excerpt(`Listen /posts/${ID} now`)).toBe("Listen  now");
    expect(excerpt(`https://nd.example/posts/${ID}`)).toBe("Snow");
  });
});

describe("mentions", () => {
  const ann = { userId: ID, name: "Ann" };
  const anna = { userId: newId(), name: "Anna [K] Reed" };

  it("are shown as names, sent with ids, and converted back unchanged", () => {
    const text = "Hi @Ann, and @Anna [K  Reed: not @Annabel or a@Ann";
    expect(toMarkup({ text: "Hi @Ann, not @Annabel, nor a@Ann", mentioned: [ann] })).toBe(
      `Hi @[Ann](${ID}), not @Annabel, nor a@Ann`,
    );
    expect(toMarkup({ text, mentioned: [ann, anna] })).toContain(`@[Anna [K  Reed](${anna.userId}):`);
    const sent = `@[Ann](${ID}) and @[Anna](${anna.userId})`;
    expect(toMarkup(fromMarkup(sent))).toBe(sent);
  });

  it("of two users with the same name keep the order in which they were chosen", () => {
    const [one, two] = [ann, { ...ann, userId: newId() }];
    expect(toMarkup({ text: "@Ann and @Ann", mentioned: [one, two] })).toBe(
      `@[Ann](${one.userId}) and @[Ann](${two.userId})`,
    );
    // The first one was deleted.
    expect(toMarkup({ text: "@Ann", mentioned: [one, two] })).toBe(`@[Ann](${two.userId})`);
    const sent = `@[Ann](${two.userId}), @[Ann](${one.userId})`;
    expect(toMarkup(fromMarkup(sent))).toBe(sent);
  });

  it("are offered directly after an @ that starts a word", () => {
    expect(mentionQueryAt("hey @an", 7)).toEqual({ from: 4, query: "an" });
    expect(mentionQueryAt("@", 1)).toEqual({ from: 0, query: "" });
    expect(mentionQueryAt("a@b", 3)).toBeNull();
    expect(mentionQueryAt("hey @an", 3)).toBeNull();
    expect(mentionQueryAt("@ann\nx", 6)).toBeNull();
  });
});

describe("a chat's draft", () => {
  afterEach(() => void vi.unstubAllGlobals());

  /** @param room  how many characters the browser can store */
  const storage = (room: number) => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      removeItem: (key: string) => kept.delete(key),
      setItem: (key: string, value: string) => {
        if (value.length > room) throw new Error("full");
        kept.set(key, value);
      },
    });
  };

  it.each([0, 20, 1_000])(
    "gets back a message that could not be sent, with %d characters of storage",
    (room) => {
      storage(room);
      prependToChatDraft("me", "c", "refused");
      expect(readChatDraft("me", "c")).toBe("refused");
      saveChatDraft("me", "c", "being written");
      prependToChatDraft("me", "c", "refused");
      expect(readChatDraft("me", "c")).toBe("refused\nbeing written");
      expect(readChatDraft("another", "c")).toBe("");
      saveChatDraft("me", "c", "");
      expect(readChatDraft("me", "c")).toBe("");
    },
  );
});

describe("a conversation's rows", () => {
  it("mark the first unread message as new, not the first loaded one", () => {
    const run = (from: number, to: number, own = 0) =>
      Array.from({ length: to - from + 1 }, (_, n) => at(from + n === own ? "me" : "a", from + n, ""));
    expect(findFirstUnreadSeq(run(1, 9), 4, "me")).toBe(5);
    expect(findFirstUnreadSeq(run(5, 9), 4, "me")).toBe(5);
    expect(findFirstUnreadSeq(run(5, 9, 5), 4, "me")).toBe(6);
    expect(findFirstUnreadSeq(run(6, 9), 4, "me")).toBeNull();
    expect(findFirstUnreadSeq([], 4, "me")).toBeNull();
  });

  const at = (authorId: string, seq: number, createdAt: string) => ({
    ...{ id: `m${String(seq)}`, chatId: "c", seq, revision: seq, clientId: `c${String(seq)}` },
    ...{
      authorId,
      authorName: authorId,
      authorHandle: null,
      text: "",
      createdAt,
      editedAt: null,
      deletedAt: null,
    },
    ...{ pinnedAt: null, replyTo: null, post: null, mentions: [], reactions: [], attachments: [] },
  });

  it("show each day once, and the author once per group of messages", () => {
    const rows = buildRows({
      messages: [
        at("a", 1, "2026-11-25T22:30:00.000Z"),
        at("a", 2, "2026-11-25T22:32:00.000Z"),
        at("a", 3, "2026-11-25T22:59:00.000Z"),
        at("a", 4, "2026-11-25T23:01:00.000Z"),
        at("b", 5, "2026-11-25T23:02:00.000Z"),
      ],
      pending: [],
      viewerId: "b",
      firstUnreadSeq: 4,
      timeZone: "Europe/Paris",
    });
    const labels = rows.map((row) =>
      row.kind === "message" ? `${String(row.message.seq)}${row.first ? " first" : ""}` : row.key,
    );
    expect(labels).toEqual([
      ...["day:2026-11-25", "1 first", "2", "3 first", "day:2026-11-26", "new", "4 first", "5 first"],
    ]);
    // The viewer's own messages keep the key that they had while pending.
    expect(rows.at(-1)?.key).toBe("c5");
  });
});
