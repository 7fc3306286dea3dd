// The guard of spawn-guarded.ts: stands between a parent and a command so that the command never outlives
// the parent. Plain JavaScript on built-ins only, because it has to be up within a few dozen milliseconds.
//
// Contract with the parent, which starts it in a process group of its own:
//   stdin   first line: the order as JSON. After that nothing; its end means "stop", be it the parent's
//           stop() or the parent's death, which the kernel reports the same way.
//   fd 3    one JSON line per event: {pid}, {error}, {code, signal}
//   stdout, stderr  inherited by the command as they are
//
// The command leads its own process group. When it ends, or on "stop", the whole group is ended: stopSignal,
// then SIGKILL after graceMs. A process that leaves the group on purpose (setsid) is out of reach.

import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeSync } from "node:fs";

const GROUP_POLL_MS = 15;
const windows = process.platform === "win32";

let stopping = false;
let ended = null;

function report(event) {
  try {
    writeSync(3, `${JSON.stringify(event)}\n`);
  } catch {
    // the parent is gone; there is nobody to tell
  }
}

function signalGroup(pid, signal) {
  try {
    if (windows) spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"]);
    else process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: something of the group is alive but is not ours any more
    return error.code === "EPERM";
  }
}

function groupIsEmpty(pid) {
  if (windows) return ended !== null;
  return !signalGroup(pid, 0) || (process.platform === "linux" && onlyZombiesIn(pid));
}

/**
 * A process that ended stays in its group until its parent asks for its status. Orphans get the init process
 * as a parent, and in a container that may be slow to ask, or never do.
 */
function onlyZombiesIn(group) {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    let stat;
    try {
      stat = readFileSync(`/proc/${name}/stat`, "utf8");
    } catch {
      continue;
    }
    // "pid (command) state ppid pgrp …", where the command may hold blanks and brackets
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(pgrp) === group && state !== "Z" && state !== "X") return false;
  }
  return true;
}

function endGroup(pid, stopSignal, graceMs) {
  if (stopping) return;
  stopping = true;
  signalGroup(pid, stopSignal);
  const killAt = Date.now() + graceMs;
  const poll = setInterval(() => {
    if (!groupIsEmpty(pid)) {
      if (Date.now() >= killAt) signalGroup(pid, "SIGKILL");
      return;
    }
    // the exit event may trail the disappearance of the group by a tick
    if (ended === null) return;
    clearInterval(poll);
    report(ended);
    process.exit(0);
  }, GROUP_POLL_MS);
}

function run({ command, args, cwd, env, stopSignal, graceMs }, parentGone) {
  const child = spawn(command, args, { cwd, env, detached: !windows, stdio: ["ignore", 1, 2] });
  const stop = () => child.pid !== undefined && endGroup(child.pid, stopSignal, graceMs);
  child.on("error", (error) => {
    report({ error: error.message, errorCode: error.code });
    if (child.pid === undefined) process.exit(0);
  });
  child.on("spawn", () => {
    report({ pid: child.pid });
    if (parentGone()) stop();
  });
  child.on("exit", (code, signal) => {
    ended = { code, signal };
    stop();
  });
  process.stdin.on("end", stop);
  process.stdin.on("error", stop);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, stop);
}

let head = "";
let started = false;
let gone = false;
process.stdin.setEncoding("utf8");
process.stdin.on("end", () => {
  gone = true;
  if (!started) process.exit(0);
});
process.stdin.on("data", (chunk) => {
  if (started) return;
  head += chunk;
  const end = head.indexOf("\n");
  if (end === -1) return;
  started = true;
  run(JSON.parse(head.slice(0, end)), () => gone);
});
