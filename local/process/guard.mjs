// The guard process of spawn-guarded.ts, between a parent and a command, so that the command never outlives the
// parent. Plain JavaScript on built-ins only: it must start within a few dozen milliseconds.
//
// Contract with the parent, which starts it in a new process group:
//   stdin   first line: the spawn request as JSON, nothing after it. Its end means "stop": the parent called
//           stop() or died; the kernel reports both the same way.
//   fd 3    one JSON line per event: {pid}, {error, errorCode}, {code, signal}
//   stdout, stderr  inherited by the command
//
// The command leads another process group. When it ends, or on "stop", the whole group is ended with stopSignal,
// then SIGKILL after graceMs. A process that leaves the group (setsid) is not ended.

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
    // the parent has exited and closed the pipe
  }
}

function signalGroup(pid, signal) {
  try {
    if (windows) spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"]);
    else process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: the group has a living process that this user may not signal
    return error.code === "EPERM";
  }
}

function groupIsEmpty(pid) {
  if (windows) return ended !== null;
  return !signalGroup(pid, 0) || (process.platform === "linux" && onlyZombiesIn(pid));
}

/**
 * A process that ended stays in its group as a zombie until its parent reads its status. The parent of orphans is
 * the init process, which in a container may do so late or never.
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
    // "pid (command) state ppid pgrp …", where the command may contain spaces and brackets
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
    // the exit event may arrive a tick after the group has emptied
    if (ended === null) return;
    clearInterval(poll);
    report(ended);
    process.exit(0);
  }, GROUP_POLL_MS);
}

function run({ command, args, cwd, env, stopSignal, graceMs }, parentExited) {
  const child = spawn(command, args, { cwd, env, detached: !windows, stdio: ["ignore", 1, 2] });
  const stop = () => child.pid !== undefined && endGroup(child.pid, stopSignal, graceMs);
  child.on("error", (error) => {
    report({ error: error.message, errorCode: error.code });
    if (child.pid === undefined) process.exit(0);
  });
  child.on("spawn", () => {
    report({ pid: child.pid });
    if (parentExited()) stop();
  });
  child.on("exit", (code, signal) => {
    ended = { code, signal };
    stop();
  });
  process.stdin.on("end", stop);
  process.stdin.on("error", stop);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, stop);
}

let received = "";
let started = false;
let stdinEnded = false;
process.stdin.setEncoding("utf8");
process.stdin.on("end", () => {
  stdinEnded = true;
  if (!started) process.exit(0);
});
process.stdin.on("data", (chunk) => {
  if (started) return;
  received += chunk;
  const end = received.indexOf("\n");
  if (end === -1) return;
  started = true;
  run(JSON.parse(received.slice(0, end)), () => stdinEnded);
});
