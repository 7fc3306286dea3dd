import { expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { deleteOwnerlessFiles } from "@/lib/media/delete-files";
import { createPerson } from "@/tests/support/factories/people";
import { isInStore, storeTestFile } from "@/tests/support/factories/stored-files";

// Set before anything reads the environment.
delete process.env.PUBLIC_BLOB_READ_WRITE_TOKEN;

it("without the public store a file with variants stays, and those after it are deleted", async () => {
  const [shown, next] = [
    await storeTestFile(await createPerson()),
    await storeTestFile(await createPerson()),
  ];
  await db().mediaVariant.create({
    data: {
      ...{ id: newId(), fileId: shown.id, kind: "image", format: "webp", type: "image/webp" },
      ...{ bytes: 1, sha256: "", pathname: `variants/${newId()}` },
    },
  });
  const ids = [shown.id, next.id];
  await db().mediaFile.updateMany({ where: { id: { in: ids } }, data: { ownerId: null } });
  const files = await db().mediaFile.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } });
  expect(files.map(({ id }) => id)).toEqual(ids);
  await deleteOwnerlessFiles();
  expect(await Promise.all(files.map(({ pathname }) => isInStore(pathname)))).toEqual([true, false]);
  expect(await db().mediaFile.findMany({ where: { id: { in: ids } }, select: { id: true } })).toEqual([
    { id: shown.id },
  ]);
});
