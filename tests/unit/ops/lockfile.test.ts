import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
}

/**
 * npm removes packages of other platforms from the lockfile when its registry does not have them, and `npm ci` of npm
 * 11 then rejects the file on every platform.
 */
test("the lockfile has the optional packages of every platform", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  const missing = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(packages, folder, name)),
  );
  expect(missing).toEqual([]);
});

/** Resolves as Node does: in the package's own folder, then in every folder above it. */
function isLocked(packages: Record<string, LockedPackage>, folder: string, name: string): boolean {
  for (
    let current = folder;
    ;
    current = current.slice(0, Math.max(0, current.lastIndexOf("node_modules/") - 1))
  ) {
    if (`${current === "" ? "" : `${current}/`}node_modules/${name}` in packages) return true;
    if (current === "") return false;
  }
}
