import type { Stage } from "./stage";

/** One line of the table. */
export interface CostLine {
  what: string;
  now: string;
  /** The target. */
  atMost: string;
}

/** Measures one or several lines that come of the same work. */
export interface Probe {
  /** For `npm run bench:cost -- <name>`. */
  name: string;
  measure(stage: Stage): Promise<CostLine[]>;
}
