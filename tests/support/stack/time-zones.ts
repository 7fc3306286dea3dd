/**
 * Zones of the tests: none is UTC, no two are the same, and two are not at a full hour. A time that depends on the
 * zone of one of them is then wrong. `process` is that of every run on real engines (global-stacks.ts), and of every app
 * that the browser tests start.
 */
export const timeZones = {
  server: "Asia/Kathmandu",
  process: "America/St_Johns",
  browser: "Pacific/Auckland",
} as const;
