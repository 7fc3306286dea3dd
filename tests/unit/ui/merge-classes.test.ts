import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { twMerge } from "tailwind-merge";
import { expect, it } from "vitest";
import { mergeClasses } from "@/app/_ui/merge-classes";

const CONDITIONS = /^(?:(?:\[[^\]]*\]|[^:[\]]*(?:\[[^\]]*\][^:[\]]*)*):)+/;

/** The Tailwind classes in the app's components, without their conditions. */
function usedClasses(): string[] {
  const words = readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".tsx"))
    .flatMap((file) => [...readFileSync(path.join("app", file), "utf8").matchAll(/["`]([^"`\n]+)["`]/g)])
    .flatMap(([, text = ""]) => text.split(/\s+/));
  const classes = words
    .map((word) => word.replace(CONDITIONS, ""))
    .filter((word) => /^-?[a-z][\w.\-/[\](),%*+#]*$/.test(word) && twMerge(`${word} ${word}`) === word);
  // Of those that differ in a number, one is enough.
  return [...new Map(classes.map((word) => [word.replace(/[\d.]+/g, "0"), word])).values()];
}

it("merges every two classes of this app as tailwind-merge does", () => {
  const classes = usedClasses();
  expect(classes.length).toBeGreaterThan(300);
  const different: string[] = [];
  for (const first of classes) {
    for (const second of classes) {
      const both = `${first} ${second}`;
      if (mergeClasses(both) !== twMerge(both)) different.push(both);
    }
  }
  expect(different.slice(0, 20)).toEqual([]);
});

it("keeps our own classes beside each other and beside those of Tailwind", () => {
  const styles = readdirSync("app/_styles").filter((file) => file.endsWith(".css"));
  const rules = ["app/globals.css", ...styles.map((file) => `app/_styles/${file}`)].map((file) =>
    readFileSync(file, "utf8"),
  );
  const own = new Set(
    rules.flatMap((text) =>
      [...text.matchAll(/(?:\.|@utility )([a-z][\w-]*)/g)].map(([, name = ""]) => name),
    ),
  );
  expect(own.size).toBeGreaterThan(40);
  const ours = [...own].filter((name) => twMerge(`${name} ${name}`) !== name);
  const different: string[] = [];
  for (const first of ours) {
    for (const second of [...ours, ...usedClasses()]) {
      if (first === second) continue;
      for (const both of [`${first} ${second}`, `${second} ${first}`])
        if (mergeClasses(both) !== both) different.push(both);
    }
  }
  expect(different.slice(0, 20)).toEqual([]);
});

it("keeps classes under different conditions, and those that are no Tailwind classes", () => {
  for (const classes of [
    "tinted size-full max-lg:size-4 max-lg:hover:size-5 hover:max-lg:bg-ink/4",
    "p-4 group-hover/card:p-2 p-6 group-hover/card:p-8 @2xl:p-1",
    "display tabular line-clamp-2 position line case visibility hidden absolute underline uppercase",
    "[&_svg]:size-4 [&_svg]:size-5 [--a:1px] stretched display",
    "",
  ]) {
    expect(mergeClasses(classes)).toBe(twMerge(classes));
  }
});
