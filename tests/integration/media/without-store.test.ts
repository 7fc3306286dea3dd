import { expect, it } from "vitest";
import { GET as tidy } from "@/app/api/cron/tidy/route";
import { POST as upload } from "@/app/api/media/route";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { eraseFileBatch, readFile } from "@/lib/media";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";

// Set before anything reads the environment.
delete process.env.BLOB_READ_WRITE_TOKEN;

it("without a store uploads and downloads are 503, and everything else works", async () => {
  const person = await createPerson();
  const headers = { "content-type": "text/plain", "accept-language": "en" };
  const sent = await call(upload, { as: person, body: "words", headers });
  expect([sent.status, sent.body.error.code]).toEqual([503, "unavailable"]);
  expect(sent.body.error.message).toMatch(/no store is set up/);
  // A retry would not help.
  expect(sent.headers.get("retry-after")).toBeNull();

  const file = await db().mediaFile.create({
    data: {
      ...{ id: newId(), ownerId: person.userId, name: "a.txt", type: "text/plain", bytes: 5 },
      pathname: `media/${newId()}`,
    },
  });
  const reading = { headers: new Headers(), requestId: newId(), mayRead: async () => false };
  await expect(readFile(person, file.id, reading)).rejects.toMatchObject({ code: "unavailable" });
  expect(await eraseFileBatch(person.userId)).toBe(1);
  const response = await call(tidy, { headers: { authorization: `Bearer ${process.env.CRON_SECRET}` } });
  expect([response.status, response.body.files]).toEqual([200, { unused: 0, deleted: 0, orphans: 0 }]);
  // The row stays until there is a store: it has the pathname of the bytes.
  expect(await db().mediaFile.findUnique({ where: { id: file.id } })).toMatchObject({ ownerId: null });
});
