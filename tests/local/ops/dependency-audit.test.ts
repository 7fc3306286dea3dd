import { expect, it } from "vitest";
import { PACKAGE, runAudit, startRegistry } from "@/tests/support/processes/dependency-audit";

it("prints known advisories and exits with 1 for severity high", async () => {
  const { code, output } = await runAudit(await startRegistry("high"));
  expect(code).toBe(1);
  expect(output).toContain(`${PACKAGE} *: It leaves things out (https://advisories.test/1)`);
  expect(output).toContain("checked, 1 found, 1 of them high or critical");
});
