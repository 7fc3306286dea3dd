/**
 * How often a property, a model or a race runs: the given number times the environment variable `RUNS` (default 1;
 * `RUNS=20` runs twenty times as many, `RUNS=0.1` a tenth), and at least once.
 */
export function runs(count: number): number {
  const scale = Number(process.env.RUNS ?? 1);
  if (!(scale > 0)) throw new Error(`RUNS must be a number above 0, not ${process.env.RUNS}`);
  return Math.max(1, Math.round(count * scale));
}
