/** A parser of Prometheus' text format that is as strict as `promtool check metrics` in what it names. */

export interface PrometheusSample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

interface Family {
  type: string;
  help: string;
  samples: PrometheusSample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = `([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\[\\\\"n])*)"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`);

/** @throws {Error} naming the line that breaks the format or a convention */
export function parsePrometheus(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, Family>();
  let current: { name: string; family: Family } | undefined;
  const seen = new Set<string>();
  for (const line of text.slice(0, -1).split("\n")) {
    const help = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line);
    if (help?.[1] && help[2]) {
      if (families.has(help[1])) throw new Error(`a family twice: ${line}`);
      current = { name: help[1], family: { type: "", help: help[2], samples: [] } };
      families.set(current.name, current.family);
      continue;
    }
    const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line);
    if (type) {
      if (!current || type[1] !== current.name) throw new Error(`TYPE without HELP: ${line}`);
      current.family.type = type[2] ?? "";
      checkName(current.name, current.family.type);
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (!sample || !current) throw new Error(`not a line of the format: ${line}`);
    const name = sample[1] ?? "";
    const belongs =
      current.family.type === "histogram"
        ? [`${current.name}_bucket`, `${current.name}_sum`, `${current.name}_count`].includes(name)
        : name === current.name;
    if (!belongs) throw new Error(`a sample outside its family: ${line}`);
    const identity = line.slice(0, line.lastIndexOf(" "));
    if (seen.has(identity)) throw new Error(`a series twice: ${line}`);
    seen.add(identity);
    const value = Number(sample.at(-1));
    if (!Number.isFinite(value)) throw new Error(`not a number: ${line}`);
    current.family.samples.push({ name, labels: parseLabels(sample[2] ?? ""), value });
  }
  for (const [name, { type, samples }] of families) if (type === "histogram") checkHistogram(name, samples);
  return families;
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(new RegExp(LABEL, "g"))].map(([, name, value]) => [
      name ?? "",
      (value ?? "").replace(/\\([\\"n])/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)),
    ]),
  );
}

function checkName(name: string, type: string): void {
  if ((type === "counter") !== name.endsWith("_total")) throw new Error(`_total is for counters: ${name}`);
  if (/_(ms|milliseconds|minutes|kb|mb)(_|$)/.test(name)) throw new Error(`not a base unit: ${name}`);
}

/** Buckets are cumulative, and the last of them is the count. */
function checkHistogram(name: string, samples: readonly PrometheusSample[]): void {
  const series = new Map<string, PrometheusSample[]>();
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, of] of series) {
    const buckets = of.filter((sample) => sample.name === `${name}_bucket`);
    if (buckets.at(-1)?.labels.le !== "+Inf") throw new Error(`no bucket +Inf: ${name} ${key}`);
    for (const [index, { value }] of buckets.entries())
      if (value < (buckets[index - 1]?.value ?? 0)) throw new Error(`buckets sink: ${name} ${key}`);
    const count = of.find((sample) => sample.name === `${name}_count`);
    if (count?.value !== buckets.at(-1)?.value)
      throw new Error(`count is not the last bucket: ${name} ${key}`);
    if (!of.some((sample) => sample.name === `${name}_sum`)) throw new Error(`no sum: ${name} ${key}`);
  }
}
