import { test } from "vitest";
import { killParent } from "@/tests/support/processes/guarded-family";

test.each(["SIGTERM", "SIGINT"] as const)(
  "a parent that dies of %s leaves no child process behind",
  async (signal) => {
    await killParent(signal);
  },
);
