import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { coverArt } from "@/app/_art/cover-art";
import { COVER_VERSION, coverUrl } from "@/app/_art/cover-url";
import { renderSvg } from "@/app/_art/svg-markup";
import { GET } from "@/app/covers/[version]/[seed]/route";

const SEEDS = Array.from({ length: 60 }, (_, i) => `seed-${String(i)}`);

const getCover = (version: string, seed: string) =>
  GET(new Request(`http://localhost/covers/${version}/${seed}`), {
    params: Promise.resolve({ version, seed }),
  });

it("a new drawing needs a new version, because browsers keep the old one for a year", () => {
  const drawings = createHash("sha256");
  for (const seed of SEEDS) drawings.update(renderSvg(coverArt(seed, "c")));
  expect({ version: COVER_VERSION, drawings: drawings.digest("hex").slice(0, 16) }).toEqual({
    version: 1,
    drawings: "a9e20d21e527befb",
  });
});

it("a cover is an SVG that is kept for good and can run nothing", async () => {
  const response = await getCover(String(COVER_VERSION), "seed-1");
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "image/svg+xml",
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": expect.stringContaining("sandbox"),
    "x-content-type-options": "nosniff",
  });
  const svg = await response.text();
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*>/);
  expect(svg).not.toMatch(/undefined|NaN|\[object/);
});

it("another version is drawn too, but not kept, since an instance of another build may ask", async () => {
  const response = await getCover("999", "seed-1");
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "public, max-age=60"]);
});

it("only what can be an id is drawn", async () => {
  for (const seed of ["a:b", "a.svg", "", "a".repeat(65), "ы", '"><script>']) {
    expect([seed, (await getCover("1", seed)).status]).toEqual([seed, 404]);
  }
  expect(coverUrl("a:b")).toBe(`/covers/${String(COVER_VERSION)}/a%3Ab`);
});
