import { readdirSync } from "node:fs";
import { expect, it } from "vitest";

const FOLDER = "lib/core/messages";

it("no message is in two areas, of which one would be ignored", async () => {
  const areas = readdirSync(FOLDER).filter((file) => file !== "index.ts");
  expect(areas.length).toBeGreaterThan(5);
  const keys: string[] = [];
  for (const area of areas) {
    const module = (await import(`@/${FOLDER}/${area}`)) as Record<string, object>;
    keys.push(...Object.values(module).flatMap((messages) => Object.keys(messages)));
  }
  expect(keys.length).toBeGreaterThan(100);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});
