import { expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";

/** Pages and routes have copies of the cache's modules, and one memory. */

async function loadBundle() {
  vi.resetModules();
  return import("@/lib/cache");
}

it("a page's cache has nothing that a route invalidated", async () => {
  const page = await loadBundle();
  const route = await loadBundle();
  expect(route.cacheManager).not.toBe(page.cacheManager);
  const [id, tag] = [newId(), newId()];
  await page.cacheManager.set("posts", id, null, { tags: [tag] });
  expect(await page.cacheManager.get("posts", id)).toBeNull();
  await route.cacheManager.invalidateTag(tag);
  expect(await page.cacheManager.get("posts", id)).toBeUndefined();
});
