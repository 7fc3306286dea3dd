import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { expect, onTestFinished } from "vitest";
import { waitUntil } from "../clients/wait-until";

/** Prints its own pid and that of a child; both run until they are killed. */
export const FAMILY_SCRIPT = `
  const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"]);
  console.log(process.pid + " " + child.pid);
  setInterval(() => {}, 1e6);`;

/** Whether a process runs; a zombie counts as ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  try {
    return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Kills a process that guards FAMILY_SCRIPT, as the stack guards its servers, and waits until no process is left. */
export async function killParent(signal: NodeJS.Signals): Promise<void> {
  const script = path.join(import.meta.dirname, "guarding-parent.ts");
  const args = ["--import", "tsx", script, FAMILY_SCRIPT];
  const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const family = (await firstLine(parent.stdout)).split(" ").map(Number);
  expect(family).toHaveLength(2);
  expect(family.every(isAlive)).toBe(true);
  parent.kill(signal);
  await waitUntil("both processes have ended", () => !family.some(isAlive));
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve) => createInterface({ input: stream }).once("line", resolve));
}
