import { describe, expect, it } from "vitest";
import { DELETE, PATCH } from "@/app/api/posts/[id]/route";
import { POST as publish, GET as readFeed } from "@/app/api/posts/route";
import { GET } from "@/app/api/search/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { archiveProduct } from "@/lib/shop";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import { createTestProduct } from "@/tests/support/factories/shop";

/** `GET /api/search`. Words are made up for each test, so that it finds nothing of another. */

const CONSONANTS = "бвгджзклмнпрст";
/** A word of ten letters that no other test has; adjectives and nouns are made of it. */
function newStem(): string {
  const hex = newId().replaceAll("-", "").slice(-10);
  return [...hex]
    .map((digit, i) => (i % 2 ? "аоуиэаоуиэаоуиэа" : `${CONSONANTS}кр`)[Number.parseInt(digit, 16)])
    .join("");
}

async function post(
  author: Caller,
  body: { title: string; text?: string; tags?: string[]; visibility?: string },
) {
  const { status, body: answer } = await call(publish, { as: author, body });
  expect(status).toBe(201);
  const { id } = answer.post;
  return id as string;
}

async function find(q: string, query = "") {
  const { status, body } = await call(GET, { query: `?q=${encodeURIComponent(q)}${query}` });
  expect(status).toBe(200);
  return body;
}
const ids = (group: { items: { id: string }[] }) => group.items.map(({ id }) => id);
const findPosts = async (q: string) => ids((await find(q)).posts);

describe("posts are found", () => {
  it("by Russian and English words in any form, in titles, tags and texts, the title first", async () => {
    const author = await createPerson("artist");
    const stem = newStem();
    const english = `q${newId().slice(-8)}`;
    const inText = await post(author, { title: "Без названия", text: `Здесь поют ${stem}овые певцы` });
    const inTag = await post(author, { title: "Тоже без", tags: [`${stem}овая`, `${english} singers`] });
    const inTitle = await post(author, { title: `${stem}овый рассвет` });
    expect(await findPosts(`${stem}овыми`)).toEqual([inTitle, inTag, inText]);
    expect(await findPosts(`рассвета ${stem}ового`)).toEqual([inTitle]);
    expect(await findPosts(`${english} singing`)).toEqual([]);
    expect(await findPosts(`${english} singer`)).toEqual([inTag]);
  });

  it("with «е» for «ё», in either Unicode form, in any case, and without accents", async () => {
    const author = await createPerson("artist");
    const stem = newStem();
    const id = await post(author, { title: `Ё${stem}й Чёрный Café`, tags: [`ёж${stem}`] });
    for (const q of [
      `ё${stem}й`,
      `е${stem}й`,
      `Е${stem.toUpperCase()}Й`,
      `ё${stem}й`.normalize("NFD"),
      `ёж${stem}`.normalize("NFD"),
      `cafe е${stem}й`,
    ])
      expect([q, await findPosts(q)]).toEqual([q, [id]]);
    // «й» is a letter of its own: «и» is another word, or a mistake.
    expect((await find(`ЕЖ${stem}`)).tags.items).toEqual([{ tag: `еж${stem}`, postsCount: 1 }]);
  });

  it("without tags, as rows of an earlier version may be", async () => {
    const { userId: authorId } = await createPerson("artist");
    const stem = newStem();
    const { id } = await db().post.create({ data: { id: newId(), authorId, title: stem, text: "" } });
    expect(await findPosts(stem)).toEqual([id]);
  });

  it("while the last word is typed", async () => {
    const author = await createPerson("artist");
    const stem = newStem();
    const id = await post(author, { title: `Первый ${stem}` });
    for (let length = 5; length <= stem.length; length++)
      expect(await findPosts(`первый ${stem.slice(0, length)}`)).toContain(id);
  });

  it("with one mistake in each word, where nothing has the words themselves", async () => {
    const author = await createPerson("artist");
    const [first, second] = [newStem(), newStem()];
    const id = await post(author, { title: `${first} ${second}` });
    const swap = `${first.slice(0, 3)}${first[4]}${first[3]}${first.slice(5)}`;
    const missing = second.slice(0, 4) + second.slice(5);
    const other = `${second.slice(0, 4)}щ${second.slice(5)}`;
    const extra = `${first.slice(0, 6)}щ${first.slice(6)}`;
    for (const q of [swap, missing, other, extra, `${swap} ${missing}`, `${extra} ${other}`])
      expect([q, await findPosts(q)]).toEqual([q, [id]]);
    const exact = await post(author, { title: missing });
    expect((await findPosts(missing))[0]).toBe(exact);
  });

  it("the title that was typed before longer ones, and of equals the newest first", async () => {
    const author = await createPerson("artist");
    const stem = newStem();
    const long = await post(author, { title: `Кавер на ${stem}` });
    const exact = await post(author, { title: stem });
    const begins = await post(author, { title: `${stem} живьём` });
    const newer = await post(author, { title: `${stem} живьём` });
    expect(await findPosts(stem)).toEqual([exact, newer, begins, long]);
  });
});

describe("nobody finds", () => {
  it("posts that are unlisted or deleted, until they are listed again", async () => {
    const author = await createPerson("artist");
    const stem = newStem();
    const id = await post(author, { title: stem, tags: [`t${stem}`], visibility: "unlisted" });
    const found = async () => [ids((await find(stem)).posts), (await find(`t${stem}`)).tags.items.length];
    const edit = (body: unknown) => call(PATCH, { as: author, params: { id }, body });
    expect(await found()).toEqual([[], 0]);
    await edit({ visibility: "public" });
    expect(await found()).toEqual([[id], 1]);
    await edit({ title: "Other", tags: [] });
    expect(await found()).toEqual([[], 0]);
    await edit({ title: stem });
    await edit({ visibility: "unlisted" });
    expect(await found()).toEqual([[], 0]);
    await edit({ visibility: "public" });
    expect((await found())[0]).toEqual([id]);
    await call(DELETE, { method: "DELETE", as: author, params: { id } });
    expect(await found()).toEqual([[], 0]);
  });

  it("people who are blocked, and nothing of those who are being erased", async () => {
    const person = await createPerson("artist");
    const stem = newStem();
    const where = { id: person.userId };
    await db().user.update({
      where,
      data: { name: `Алёна ${stem}`, handle: `h-${person.userId.slice(-12)}` },
    });
    const postId = await post(person, { title: stem, tags: [stem] });
    const { id: productId } = await createTestProduct({ title: stem }, person);
    const found = async () => {
      const { posts, people, products } = await find(stem);
      return [ids(posts), ids(people), ids(products)];
    };
    expect(await found()).toEqual([[postId], [person.userId], [productId]]);
    await db().user.update({ where, data: { blockedAt: new Date() } });
    // What a blocked account published stays.
    expect(await found()).toEqual([[postId], [], [productId]]);
    await db().user.update({ where, data: { blockedAt: null } });
    expect((await found())[1]).toEqual([person.userId]);
    await db().user.update({ where, data: { deletedAt: new Date() } });
    expect(await found()).toEqual([[], [], []]);
    expect((await call(readFeed, { query: `?tag=${encodeURIComponent(stem)}` })).body.items).toEqual([]);
  });

  it("products that are no longer for sale", async () => {
    const stem = newStem();
    const product = await createTestProduct({ title: `Билет ${stem}`, description: `Концерт ${stem}овых` });
    expect(ids((await find(`билеты ${stem}`)).products)).toEqual([product.id]);
    expect(ids((await find(`концерты ${stem}овые`)).products)).toEqual([product.id]);
    await archiveProduct(product.id, { ...product.seller, authenticatedAt: new Date() } as never);
    expect(ids((await find(`билеты ${stem}`)).products)).toEqual([]);
  });
});

it("people are found by the words of a name in any order, by the handle, and with a mistake", async () => {
  const person = await createPerson();
  const stem = newStem();
  const handle = `dj-${person.userId.slice(-12)}`;
  await db().user.update({ where: { id: person.userId }, data: { name: `Пётр ${stem}`, handle } });
  const wrong = stem.slice(0, 4) + stem.slice(5);
  for (const q of [`петр ${stem}`, `${stem} пет`, handle, person.userId.slice(-12), wrong, `@${handle}`]) {
    const { people } = await find(q);
    expect([q, people.items]).toEqual([
      q,
      [{ id: person.userId, handle, name: `Пётр ${stem}`, role: "listener" }],
    ]);
  }
});

it("tags are found by their beginning, with the number of their posts, the whole tag first", async () => {
  const author = await createPerson("artist");
  const stem = newStem();
  await post(author, { title: "a", tags: [stem] });
  for (let i = 0; i < 2; i++) await post(author, { title: "b", tags: [`${stem} хаус`, `${stem}-${i}`] });
  const tags = (await find(`#${stem.slice(0, 7).toUpperCase()}`, "&kind=tags&limit=20")).tags.items;
  expect(tags).toEqual([
    { tag: `${stem} хаус`, postsCount: 2 },
    ...[stem, `${stem}-0`, `${stem}-1`].map((tag) => ({ tag, postsCount: 1 })),
  ]);
  expect((await find(stem)).tags.items[0]).toEqual({ tag: stem, postsCount: 1 });
});

it("one kind is paged to its end without repeats, while new posts arrive", async () => {
  const author = await createPerson("artist");
  const stem = newStem();
  const expected: string[] = [];
  for (let i = 0; i < 7; i++) expected.unshift(await post(author, { title: `${stem} ${i}` }));
  const seen: string[] = [];
  for (let cursor = ""; ; ) {
    const { posts, people } = await find(stem, `&kind=posts&limit=3${cursor}`);
    expect(people.items).toEqual([]);
    seen.push(...ids(posts));
    if (posts.nextCursor === null) break;
    cursor = `&cursor=${posts.nextCursor}`;
    await post(author, { title: `${stem} new` });
  }
  expect(seen).toEqual(expected);
});

describe("a tag's posts", () => {
  it("are a list, newest first and paged, in whatever form the tag is written", async () => {
    const author = await createPerson("artist");
    const stem = newStem();
    const expected: string[] = [];
    for (let i = 0; i < 3; i++)
      expected.unshift(await post(author, { title: "x", tags: [`ё${stem}`, "house"] }));
    await post(author, { title: "x", tags: [`ё${stem}`], visibility: "unlisted" });
    for (const tag of [`ё${stem}`, `Е${stem}`, `ё${stem}`.normalize("NFD")]) {
      const first = (await call(readFeed, { query: `?limit=2&tag=${encodeURIComponent(tag)}` })).body;
      expect(ids(first)).toEqual(expected.slice(0, 2));
      const rest = (
        await call(readFeed, { query: `?limit=2&tag=${encodeURIComponent(tag)}&cursor=${first.nextCursor}` })
      ).body;
      expect([ids(rest), rest.nextCursor]).toEqual([expected.slice(2), null]);
    }
  });
});

describe("whatever is typed", () => {
  it.each([
    "",
    " ",
    "a",
    "и",
    "the",
    "я и ты",
    "the and of",
    "!!!",
    "...",
    "& | ! :* ' \\",
    "':*",
    "\\",
    "''",
    "a & b | !c",
    "%",
    "_",
    "%_%",
    "🔥",
    "🏳️‍🌈",
    "\u202e\u200f",
    "\u0301",
    "—",
    "1e5",
    "-1",
    "http://a.b/c?d=e",
    "a@b.c",
    "#",
    "@",
    "#🔥",
    "x".repeat(100),
    "я ".repeat(50).trim(),
    "ь",
    "﷽",
    "日本語の音楽",
    "\t\n",
    "<b>",
    "$1",
    "{}",
    "~abcd",
  ])("%j is answered", async (q) => {
    const { posts, tags } = await find(q);
    expect(posts.items.length).toBeLessThanOrEqual(5);
    if (q.trim() === "") expect(tags.items).toEqual([]);
  });

  it.each([
    `?q=${"x".repeat(1_000)}`,
    "?q=%00",
    "?q=a&kind=secrets",
    "?q=a&cursor=1",
    "?q=a&limit=1000",
    "?q=%ud800",
  ])("%s is refused or answered, never an error of ours", async (query) => {
    const { status } = await call(GET, { query });
    expect([200, 400]).toContain(status);
  });
  it("too long a text and a null byte are refused", async () => {
    expect((await call(GET, { query: `?q=${"x".repeat(101)}` })).status).toBe(400);
    expect((await call(GET, { query: "?q=a%00b" })).status).toBe(400);
  });
});
