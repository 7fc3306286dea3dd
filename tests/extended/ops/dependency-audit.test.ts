import { expect, it } from "vitest";
import { PACKAGE, runAudit, startRegistry } from "@/tests/support/processes/dependency-audit";
import { serveHttp } from "@/tests/support/proxies/http-server";

it("passes without known vulnerabilities", async () => {
  expect(await runAudit(await startRegistry(null))).toEqual({
    code: 0,
    output: "dependencies: checked, 0 found, 0 of them high or critical\n",
  });
});

it.each([
  ["moderate", 0],
  ["critical", 1],
])("lists a %s vulnerability and exits with %i", async (severity, code) => {
  const { code: ended, output } = await runAudit(await startRegistry(severity));
  expect(ended).toBe(code);
  expect(output).toContain(`${PACKAGE} *: It leaves things out (https://advisories.test/1)`);
  expect(output).toContain(`checked, 1 found, ${code} of them high or critical`);
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
  const { code, output } = await runAudit((await registry()).url);
  expect([code, output]).toEqual([0, expect.stringContaining("dependencies: not checked")]);
  expect(output).toContain(why);
});

it("fails when npm audit itself fails", async () => {
  const { code, output } = await runAudit(await startRegistry(null), { hasLockfile: false });
  expect([code, output]).toEqual([1, expect.stringContaining("npm audit failed")]);
});
