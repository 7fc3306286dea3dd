import { expect, it } from "vitest";
import { POST as publishPost } from "@/app/api/posts/route";
import { POST as publishProduct } from "@/app/api/products/route";
import { getCoverProblem } from "@/lib/media";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import { gradient, processUpload, upload } from "@/tests/support/factories/uploads";

it("a cover that turns out to be unusable after publishing has its reason, for its owner alone", async () => {
  const [artist, stranger] = [await createPerson("artist"), await createPerson("artist")];
  const publish = async (coverFileId: string) => {
    const post = await call(publishPost, { as: artist, body: { title: "A track", coverFileId } });
    const product = await call(publishProduct, {
      as: artist,
      body: { kind: "licence", title: "A licence", priceMinor: 500, currency: "EUR", coverFileId },
    });
    expect([post.status, product.status]).toEqual([201, 201]);
    return { postId: post.body.post.id as string, productId: product.body.product.id as string };
  };
  const textId = await upload(artist, "cover", Buffer.from("not a picture at all"));
  const { postId, productId } = await publish(textId);
  expect(await getCoverProblem(artist.userId, { postId })).toBeNull();
  await processUpload(textId);
  expect(await getCoverProblem(artist.userId, { postId })).toBe("wrong_type");
  expect(await getCoverProblem(artist.userId, { productId })).toBe("wrong_type");
  expect(await getCoverProblem(stranger.userId, { postId })).toBeNull();

  const pictureId = await upload(artist, "cover", await gradient(200, 200).png().toBuffer());
  const fine = await publish(pictureId);
  await processUpload(pictureId);
  expect(await getCoverProblem(artist.userId, { postId: fine.postId })).toBeNull();
});
