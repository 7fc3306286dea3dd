const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const DURATION_PATTERN = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|μs|ms|s|m|h|d))+$/;
const PART_PATTERN = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h|d)/g;

/** Parses `5s`, `1d10h30m`, `1.5h` or a bare number of seconds into milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!DURATION_PATTERN.test(trimmed)) return null;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(PART_PATTERN))
    total += Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
  return Number.isFinite(total) ? Math.round(total) : null;
}
