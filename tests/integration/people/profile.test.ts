import { describe, expect, it } from "vitest";
import { PATCH as changeMe, DELETE as deleteMe, GET as me } from "@/app/api/me/route";
import { DELETE as deleteFile, GET as readFile } from "@/app/api/media/[id]/route";
import { GET as listUploads } from "@/app/api/media/uploads/route";
import { GET as getPerson } from "@/app/api/people/[handle]/route";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { createAccount, TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { createPerson } from "@/tests/support/factories/people";
import { gradient, processUpload, upload, uploadAndProcess } from "@/tests/support/factories/uploads";

/** What people say about themselves and show on their page. */

const png = () => gradient(64, 64).png().toBuffer();

async function createArtist() {
  const person = await createPerson("artist");
  const { handle } = await db().user.findUniqueOrThrow({ where: { id: person.userId } });
  return {
    person,
    change: (body: object) => call(changeMe, { as: person, method: "PATCH", body }),
    shown: async () => (await call(getPerson, { params: { handle } })).body.person,
  };
}

describe("PATCH /api/me", () => {
  it("changes what a page says, at once, and leaves what is not sent", async () => {
    const { person, change, shown } = await createArtist();
    expect(await shown()).toMatchObject({ bio: "", links: [], picture: null });
    const links = [{ url: "music.example/мира ", label: " Music " }, { url: "http://old.example/a?b=c" }];
    const saved = [
      { url: "https://music.example/мира", label: "Music" },
      { url: "http://old.example/a?b=c", label: "" },
    ];
    expect(await change({ bio: "  Играю ночью.\nhttps://a.example ", links })).toMatchObject({
      status: 200,
      body: { user: { name: person.name, bio: "Играю ночью.\nhttps://a.example", links: saved } },
    });
    expect(await shown()).toMatchObject({ bio: "Играю ночью.\nhttps://a.example", links: saved });
    await change({ bio: "" });
    expect(await shown()).toMatchObject({ bio: "", links: saved, name: person.name });
    expect((await call(me, { as: person })).body.user).toMatchObject({ bio: "", links: saved });
  });

  it.each([
    ["a long text", { bio: "x".repeat(1_001) }, "bio"],
    ["many lines", { bio: "x\n".repeat(40).concat("x") }, "bio"],
    ["many links", { links: Array.from({ length: 6 }, () => ({ url: "https://a.example" })) }, "links"],
    ["a script", { links: [{ url: "javascript:alert(1)" }] }, "links.0.url"],
    ["data", { links: [{ url: "data:text/html,x" }] }, "links.0.url"],
    ["another protocol", { links: [{ url: "ftp://a.example" }] }, "links.0.url"],
    ["a host of this machine", { links: [{ url: "http://localhost:3000" }] }, "links.0.url"],
    ["a password", { links: [{ url: "https://a:b@c.example" }] }, "links.0.url"],
    ["no address", { links: [{ url: " ", label: "x" }] }, "links.0.url"],
    ["a long label", { links: [{ url: "a.example", label: "x".repeat(41) }] }, "links.0.label"],
    ["a long address", { links: [{ url: `a.example/${"x".repeat(500)}` }] }, "links.0.url"],
  ])("refuses %s", async (_, body, path) => {
    const { change, shown } = await createArtist();
    const { status, body: answer } = await change(body);
    expect([status, answer.error.details[0].path]).toEqual([400, path]);
    expect(await shown()).toMatchObject({ bio: "", links: [] });
  });
});

describe("a picture", () => {
  it("is an upload of one's own, shown as soon as it is made, and taken off again", async () => {
    const { person, change, shown } = await createArtist();
    const pictureFileId = await uploadAndProcess(person, "cover", await png());
    expect((await change({ pictureFileId })).body.user.pictureFileId).toBe(pictureFileId);
    const { picture } = await shown();
    expect(picture.sources.map(({ type }: { type: string }) => type)).toEqual(["image/avif", "image/webp"]);
    expect((await change({ pictureFileId: null })).body.user.pictureFileId).toBeNull();
    expect((await shown()).picture).toBeNull();
  });

  it("appears by itself when it was chosen before it was made", async () => {
    const { person, change, shown } = await createArtist();
    const pictureFileId = await upload(person, "cover", await png());
    expect((await change({ pictureFileId })).status).toBe(200);
    expect((await shown()).picture.sources).toEqual([]);
    await processUpload(pictureFileId);
    expect((await shown()).picture.sources).toHaveLength(2);
  });

  it("is nobody else's, no sound and no file that does not exist", async () => {
    const { change, shown } = await createArtist();
    const theirs = await uploadAndProcess(await createPerson("artist"), "cover", await png());
    for (const pictureFileId of [theirs, newId()]) {
      const { status, body } = await change({ pictureFileId, bio: "half" });
      expect([status, body.error.details[0].path]).toEqual([404, "pictureFileId"]);
    }
    expect(await shown()).toMatchObject({ bio: "", picture: null });
  });

  it("is not deleted nor offered for a post while it is shown", async () => {
    const { person, change } = await createArtist();
    const pictureFileId = await uploadAndProcess(person, "cover", await png());
    const remove = () => call(deleteFile, { as: person, method: "DELETE", params: { id: pictureFileId } });
    const unused = async () =>
      (await call(listUploads, { as: person, query: "?purpose=cover&unused=true" })).body.items.length;
    expect(await unused()).toBe(1);
    await change({ pictureFileId });
    expect([(await remove()).status, await unused()]).toEqual([409, 0]);
    await change({ pictureFileId: null });
    expect((await remove()).status).toBe(200);
  });

  it("goes with the account, like all that the page says", async () => {
    const account = await createAccount();
    const { token } = account;
    const as = await callerOf(account.id);
    const pictureFileId = await uploadAndProcess(as, "cover", await png());
    const links = [{ url: "https://a.example" }];
    const changed = await call(changeMe, {
      token,
      method: "PATCH",
      body: { bio: "Words", links, pictureFileId },
    });
    expect(changed.status).toBe(200);
    await call(deleteMe, { token, method: "DELETE", body: { password: TEST_PASSWORD } });
    const left = await db().user.findUnique({ where: { id: account.id } });
    if (left) expect(left).toMatchObject({ bio: "", links: [], pictureFileId: null });
    expect((await call(readFile, { as, params: { id: pictureFileId } })).status).not.toBe(200);
  });
});

async function callerOf(id: string) {
  const { seq, role, name } = await db().user.findUniqueOrThrow({ where: { id } });
  return { userId: id, seq, role, name };
}
