import { afterEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { randomUuid } from "@/app/_data/random-uuid";

afterEach(() => vi.unstubAllGlobals());

it("is a random UUID, also on an address that is not secure", () => {
  const { getRandomValues } = crypto;
  vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(crypto) });
  const ids = Array.from({ length: 200 }, randomUuid);
  for (const id of ids) expect(z.uuidv4().safeParse(id).success, id).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
});
