import { del, list, put } from "@vercel/blob";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "@/tests/support/fuzz/runs";
import { read, start } from "@/tests/support/servers/blob";

const access = "private";

it("any pathname is either stored as exactly that key or rejected", async () => {
  const { token } = await start();
  const odd = fc.oneof(
    fc.constantFrom(
      "../x",
      "a/../../x",
      "..",
      ".",
      "/x",
      "x/",
      "a\\b",
      "%2e%2e/x",
      "a%2Fb",
      "a#b",
      "a?b",
      "ä ö",
    ),
    fc.string({ minLength: 1, maxLength: 40, unit: "binary" }),
  );
  await fc.assert(
    fc.asyncProperty(odd, async (pathname) => {
      const stored = await put(pathname, "x", { access, token, allowOverwrite: true }).catch(
        (error: Error) => error,
      );
      if (stored instanceof Error) {
        expect(stored.message).toMatch(/pathname/);
        return;
      }
      expect(stored.pathname).toBe(pathname);
      expect(await (await read(stored.url, token)).text()).toBe("x");
      await del(stored.url, { token });
      expect((await list({ token })).blobs).toEqual([]);
    }),
    { numRuns: runs(60) },
  );
});
