import {
  type Counts,
  DURATION_BUCKETS_SECONDS,
  emptyHistogram,
  type Histogram,
  labelValues,
  type MetricName,
  metricDefinitions,
} from "../core/counters";

/**
 * The text format of Prometheus. Plain code instead of `prom-client`, whose registry holds the numbers of one process:
 * ours are sums over many, which are only written out.
 */

const PREFIX = "normaldance_";

/** A number that is read when it is asked for. */
export interface Gauge {
  /** Without the prefix, with its unit. */
  name: string;
  help: string;
  samples: readonly { labels?: Readonly<Record<string, string>>; value: number }[];
}

export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** @param counts  of all time; of an unknown metric (another deployment's) nothing is written */
export function formatPrometheus(counts: Counts, gauges: readonly Gauge[]): string {
  const lines: string[] = [];
  for (const name of Object.keys(metricDefinitions) as MetricName[]) {
    const { kind, help, labels } = metricDefinitions[name];
    const series = Object.entries(counts[name] ?? {});
    if (series.length === 0) continue;
    lines.push(`# HELP ${PREFIX}${name} ${help}`, `# TYPE ${PREFIX}${name} ${kind}`);
    for (const [key, value] of series) {
      const values = labelValues(key);
      const labelled = Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ""]));
      if (Array.isArray(value)) lines.push(...histogramLines(name, labelled, value));
      else lines.push(sample(name, labelled, value));
    }
  }
  for (const { name, help, samples } of gauges) {
    lines.push(`# HELP ${PREFIX}${name} ${help}`, `# TYPE ${PREFIX}${name} gauge`);
    for (const { labels = {}, value } of samples) lines.push(sample(name, labels, value));
  }
  return `${lines.join("\n")}\n`;
}

function histogramLines(
  name: string,
  labels: Readonly<Record<string, string>>,
  [sum = 0, ...buckets]: Histogram,
): string[] {
  let count = 0;
  const lines = DURATION_BUCKETS_SECONDS.map((upperBound, index) => {
    count += buckets[index] ?? 0;
    return sample(`${name}_bucket`, { ...labels, le: String(upperBound) }, count);
  });
  count += buckets[DURATION_BUCKETS_SECONDS.length] ?? 0;
  return [
    ...lines,
    sample(`${name}_bucket`, { ...labels, le: "+Inf" }, count),
    sample(`${name}_sum`, labels, sum),
    sample(`${name}_count`, labels, count),
  ];
}

function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${PREFIX}${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** The duration (seconds) that a share of the observations did not exceed; the upper bound of its bucket. */
export function quantileSeconds(histogram: Histogram, share: number): number | null {
  const [, ...buckets] = histogram.length > 0 ? histogram : emptyHistogram();
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let below = 0;
  for (const [index, upperBound] of DURATION_BUCKETS_SECONDS.entries()) {
    below += buckets[index] ?? 0;
    if (below >= total * share) return upperBound;
  }
  return Number.POSITIVE_INFINITY;
}
