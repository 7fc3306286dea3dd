import { readFile } from "node:fs/promises";

/** Script that only the transcoder's process runs. */
const SCRIPT = "lib/media/transcode/engine/main.mjs";

/** Sends a signal to the transcoders of this process (Linux). @returns how many there were */
export async function killTranscoders(signal: NodeJS.Signals): Promise<number> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  let killed = 0;
  for (const pid of children.trim().split(/\s+/).filter(Boolean)) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (!command.includes(SCRIPT)) continue;
    process.kill(Number(pid), signal);
    killed += 1;
  }
  return killed;
}
