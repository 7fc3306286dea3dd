import { expect, it } from "vitest";
import { auditWith, PACKAGE, registryWith } from "@/tests/support/processes/dependency-audit";
import { serveHttp } from "@/tests/support/proxies/http-server";

it("passes without known vulnerabilities", async () => {
  expect(await auditWith(await registryWith(null))).toEqual({
    code: 0,
    said: "dependencies: checked, 0 found, 0 of them high or critical\n",
  });
});

it.each([
  ["moderate", 0],
  ["critical", 1],
])("lists a %s vulnerability and exits with %i", async (severity, code) => {
  const { code: ended, said } = await auditWith(await registryWith(severity));
  expect(ended).toBe(code);
  expect(said).toContain(`${PACKAGE} *: It leaves things out (https://advisories.test/1)`);
  expect(said).toContain(`checked, 1 found, ${code} of them high or critical`);
});

it.each<[string, () => Promise<{ url: string }>, string]>([
  ["the registry is down", async () => ({ url: "http://127.0.0.1:59" }), "ECONNREFUSED"],
  [
    "the registry has no audit service",
    () => serveHttp((_, response) => response.writeHead(405).end()),
    "it answered 405",
  ],
  [
    "the registry fails",
    () => serveHttp((_, response) => response.writeHead(500).end("<html>")),
    "it answered 500",
  ],
])("reports that nothing was checked and exits with 0 when %s", async (_, registry, why) => {
  const { code, said } = await auditWith((await registry()).url);
  expect([code, said]).toEqual([0, expect.stringContaining("dependencies: not checked")]);
  expect(said).toContain(why);
});

it("fails when npm audit itself fails", async () => {
  const { code, said } = await auditWith(await registryWith(null), { hasLockfile: false });
  expect([code, said]).toEqual([1, expect.stringContaining("npm audit failed")]);
});
