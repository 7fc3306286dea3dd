import { ImageResponse } from "next/og.js";
import { describe, expect, it } from "vitest";
import { fitFontSize, toDrawableText } from "@/app/_art/og/drawable-text";
import { loadImageFonts } from "@/app/_art/og/image-fonts";
import { IMAGE_SIZE, PostImage } from "@/app/_art/og/post-image";

const families = await loadImageFonts();
const draw = (text: string) => toDrawableText(text, families);

describe("a title on a preview image", () => {
  it.each([
    ["Czech", "Příliš žluťoučký kůň"],
    ["Polish and Turkish", "Łódź İstanbul ğış"],
    ["Kazakh", "Қазақстан әні: өмір, үміт, ұлы һәм ңғ"],
    ["Ukrainian", "Її ґанок, єдність"],
    ["Vietnamese", "Đêm nay trăng sáng quá"],
    ["Russian, with signs", "Ёлка № 5 — «снег», 10 €"],
  ])("in %s has all its letters, composed or not", (_, title) => {
    expect(draw(title)?.text).toBe(title);
    expect(draw(title.normalize("NFD"))?.text).toBe(title);
  });

  it("loses symbols that no font has, and nothing else", () => {
    expect(draw("Night 🎧 drive ❤️‍🔥 1️⃣")?.text).toBe("Night drive 1");
  });

  it.each(["שיר לילה", "夜の歌", "Night 夜", "🔥🔥", "x\u0332", ""])(
    "%j has no picture of a part of it",
    (title) => {
      expect(draw(title)).toBeNull();
    },
  );

  it("is drawn in one family", () => {
    expect(draw("Night")?.family).toBe(families[0]);
    expect(draw("Қала")?.family).toBe(families[1]);
  });
});

it("an image is drawn also when neither title nor author can be", async () => {
  const wordmark = `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 1"/>')}`;
  const post = { id: "01920000-0000-7000-8000-000000000000", title: "夜", authorName: "夜" };
  const image = new ImageResponse(PostImage({ ...post, families, wordmark }), {
    ...IMAGE_SIZE,
    fonts: families.flatMap(({ fonts }) => fonts),
  });
  expect((await image.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
});

describe("the size of a title", () => {
  const area = { width: 482, height: 400, lineHeight: 1.12 };
  const size = (text: string) => {
    const drawable = draw(text);
    return drawable ? fitFontSize(drawable, area) : 0;
  };
  const width = (text: string) =>
    [...text].reduce(
      (sum, letter) => sum + (draw(letter)?.family.metrics.advance(letter.charCodeAt(0)) ?? 0),
      0,
    );

  it("breaks no word, the site's own name neither", () => {
    for (const word of [
      "NormalDance",
      "Достопримечательность",
      "Donaudampfschifffahrtsgesellschaft",
      "WWWWWWWWWW",
    ])
      expect(width(word) * size(word)).toBeLessThanOrEqual(area.width);
    expect(size("Ночь")).toBe(64);
  });

  it("lets 120 letters fit", () => {
    const long = "Долгая зимняя дорога домой ".repeat(4).trim();
    expect(size(long)).toBeGreaterThan(18);
    expect(size("A".repeat(120))).toBe(18);
  });
});
