/**
 * How often a property, a model or a race is played: the number given times `RUNS` (1 unless it is set, so that
 * `RUNS=20` plays twenty times as many and `RUNS=0.1` a tenth), and at least once.
 */
export function runs(count: number): number {
  const scale = Number(process.env.RUNS ?? 1);
  if (!(scale > 0)) throw new Error(`RUNS must be a number above 0, not ${process.env.RUNS}`);
  return Math.max(1, Math.round(count * scale));
}
