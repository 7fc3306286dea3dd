import { expect, it } from "vitest";
import { auditWith, PACKAGE, registryWith } from "@/tests/support/processes/dependency-audit";

it("prints known advisories and exits with 1 for severity high", async () => {
  const { code, said } = await auditWith(await registryWith("high"));
  expect(code).toBe(1);
  expect(said).toContain(`${PACKAGE} *: It leaves things out (https://advisories.test/1)`);
  expect(said).toContain("checked, 1 found, 1 of them high or critical");
});
