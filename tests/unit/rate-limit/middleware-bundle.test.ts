import path from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";

/**
 * The middleware runs at the edge, which has the web's APIs alone. A Node module that it reaches through any import
 * fails in production and nowhere else: `next start` runs it on Node.
 */
it("bundles the middleware without a Node module", async () => {
  const { errors, metafile } = await build({
    entryPoints: ["middleware.ts"],
    bundle: true,
    write: false,
    metafile: true,
    logLevel: "silent",
    format: "esm",
    // `browser`: importing a module of Node is an error.
    platform: "browser",
    conditions: ["edge-light", "worker"],
    alias: { "@": path.resolve() },
    external: ["next/server"],
  });
  expect(errors).toEqual([]);
  const rooms = new Set(
    Object.keys(metafile.inputs).flatMap((file) => /^lib\/([^/]+)\//.exec(file)?.[1] ?? []),
  );
  expect([...rooms].sort()).toEqual(["core", "metrics", "rate-limit", "redis"]);
});
