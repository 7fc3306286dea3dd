import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

/** npm itself asks; the registry is played here. */

const SCRIPT = path.resolve("scripts/dependency-audit.ts");
const TSX = path.resolve("node_modules/tsx/dist/cli.mjs");
const PACKAGE = "left-out";

let folder: string;
let cleanUp: (() => Promise<void>)[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "normaldance-audit-"));
  cleanUp = [() => rm(folder, { recursive: true, force: true })];
  const dependencies = { [PACKAGE]: "1.0.0" };
  await write("package.json", { name: "audited", version: "1.0.0", dependencies });
  await write("package-lock.json", {
    name: "audited",
    version: "1.0.0",
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "audited", version: "1.0.0", dependencies },
      [`node_modules/${PACKAGE}`]: { version: "1.0.0" },
    },
  });
});
afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean();
});

const write = (name: string, content: unknown) => writeFile(path.join(folder, name), JSON.stringify(content));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no address");
  return `http://127.0.0.1:${address.port}`;
}

/** A registry that knows of this about the one package. */
const registryWith = (severity: string | null) =>
  serve((request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url?.endsWith("/security/advisories/bulk")) {
      const advisory = { id: 1, url: "https://advisories.test/1", title: "It leaves things out", severity };
      response.end(
        JSON.stringify(severity ? { [PACKAGE]: [{ ...advisory, vulnerable_versions: "<2.0.0" }] } : {}),
      );
    } else {
      const version = { name: PACKAGE, version: "1.0.0", dist: { tarball: "http://127.0.0.1/x.tgz" } };
      response.end(
        JSON.stringify({ name: PACKAGE, "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": version } }),
      );
    }
  });

async function audit(registry: string): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [TSX, SCRIPT], {
    cwd: folder,
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      HOME: folder,
      npm_config_registry: registry,
      npm_config_cache: path.join(folder, "cache"),
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      said += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, said };
}

it("passes when nothing is known", async () => {
  expect(await audit(await registryWith(null))).toEqual({
    code: 0,
    said: "dependencies: checked, 0 found, 0 of them high or critical\n",
  });
});

it.each([
  ["moderate", 0],
  ["high", 1],
  ["critical", 1],
])("tells of what is known, and for %s ends with %i", async (severity, code) => {
  const result = await audit(await registryWith(severity));
  expect(result.code).toBe(code);
  expect(result.said).toContain(`${PACKAGE} *: It leaves things out (https://advisories.test/1)`);
  expect(result.said).toContain(`checked, 1 found, ${code} of them high or critical`);
});

it.each<[string, () => Promise<string>, string]>([
  ["nobody listens", async () => "http://127.0.0.1:59", "ECONNREFUSED"],
  [
    "the registry has no such service",
    () => serve((_, response) => response.writeHead(405).end()),
    "it answered 405",
  ],
  ["it is broken", () => serve((_, response) => response.writeHead(500).end("<html>")), "it answered 500"],
])("says that nothing was checked, and does not fail, when %s", async (_, registry, why) => {
  const { code, said } = await audit(await registry());
  expect([code, said]).toEqual([0, expect.stringContaining("dependencies: not checked")]);
  expect(said).toContain(why);
});

it("fails when the question itself is wrong", async () => {
  await rm(path.join(folder, "package-lock.json"));
  const { code, said } = await audit(await registryWith(null));
  expect([code, said]).toEqual([1, expect.stringContaining("npm audit did not work")]);
});
