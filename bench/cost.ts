import { anonymous } from "./cost/anonymous";
import { bytes } from "./cost/bytes";
import { counts } from "./cost/counts";
import { idle } from "./cost/idle";
import { limited } from "./cost/limited";
import type { CostLine, Probe } from "./cost/probe";
import { purchase } from "./cost/purchase";
import { signedIn } from "./cost/signed-in";
import { startStage } from "./cost/stage";
import { tabs } from "./cost/tabs";
import { views } from "./cost/views";

/**
 * `npm run bench:cost` prints what a page costs in billed commands, calls and bytes, and what each may cost at most.
 * Names after `--` choose rows. Counts do not depend on the machine: commands are counted by Redis, the ones inside
 * scripts too, statements on the wire to Postgres, messages by QStash, bytes by Chromium.
 */

const PROBES: readonly Probe[] = [signedIn, anonymous, limited, views, counts, purchase, bytes, idle, tabs];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !PROBES.some((probe) => probe.name === name));
if (unknown.length > 0) {
  console.error(`${unknown.join(", ")}: choose from ${PROBES.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const stage = await startStage();
const lines: CostLine[] = [];
try {
  for (const probe of PROBES) {
    if (names.length > 0 && !names.includes(probe.name)) continue;
    lines.push(...(await probe.measure(stage)));
  }
} finally {
  await stage.stop();
}
console.log(`${stage.description}\n`);
console.log("| Billed commands, unless the row names another unit | Now | At most |\n|---|---|---|");
for (const { what, now, atMost } of lines) console.log(`| ${what} | ${now} | ${atMost} |`);
process.exit(0);
