import { expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";

/** A bundle of its own has copies of all modules. */
async function loadBundle() {
  vi.resetModules();
  return import("@/lib/core/process-state");
}

it("copies of a module have one state", async () => {
  const name = newId();
  const page = await loadBundle();
  const route = await loadBundle();
  expect(route.processState).not.toBe(page.processState);
  const ofPage = page.processState(name, () => ({ value: 1 }));
  const ofRoute = route.processState(name, () => ({ value: 2 }));
  expect(ofRoute).toBe(ofPage);
  expect(ofPage.value).toBe(1);
});
