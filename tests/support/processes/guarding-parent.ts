// guarded-family.ts starts and kills this process. It guards a Node script and repeats its output.
import { spawnGuarded } from "../../../local/process/spawn-guarded";

await spawnGuarded({
  command: process.execPath,
  args: ["-e", process.argv[2] ?? ""],
  onLine: (line) => process.stdout.write(`${line}\n`),
});
