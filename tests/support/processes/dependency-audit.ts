import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { serveHttp } from "../proxies/http-server";

/** The real npm runs; only the registry is a fake. */

const SCRIPT = path.resolve("scripts/dependency-audit.ts");
const TSX = import.meta.resolve("tsx");

/** The only dependency of the audited package. */
export const PACKAGE = "left-out";

/** Starts a registry that reports this severity for the one package. @returns its URL */
export async function startRegistry(severity: string | null): Promise<string> {
  const server = await serveHttp((request, response) => {
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
  onTestFinished(() => server.close());
  return server.url;
}

/** Runs `npm run audit:dependencies` in a temporary folder. */
export async function runAudit(
  registry: string,
  { hasLockfile = true } = {},
): Promise<{ code: number | null; output: string }> {
  const folder = await createAudited(hasLockfile);
  const child = spawn(process.execPath, ["--import", TSX, SCRIPT], {
    cwd: folder,
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      HOME: folder,
      npm_config_registry: registry,
      npm_config_cache: path.join(folder, "cache"),
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}

async function createAudited(hasLockfile: boolean): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "normaldance-audit-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const write = (name: string, content: unknown) =>
    writeFile(path.join(folder, name), JSON.stringify(content));
  const dependencies = { [PACKAGE]: "1.0.0" };
  await write("package.json", { name: "audited", version: "1.0.0", dependencies });
  if (hasLockfile) {
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
  }
  return folder;
}
