import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** Comes from the registry for the measurement: nothing else needs its two hundred packages. */
const LIGHTHOUSE = "lighthouse@12.8.2";
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;

export type Scores = Record<(typeof CATEGORIES)[number], number>;

/**
 * One run of Lighthouse as it is by default: a phone on a simulated slow 4G, with a processor four times slower.
 *
 * @param headers  sent with each request, such as the cookies of a signed-in user
 * @returns scores from 0 to 100
 */
export async function runLighthouse(
  url: string,
  chromium: { executablePath: string; args: readonly string[] },
  headers: Readonly<Record<string, string>> = {},
): Promise<Scores> {
  const folder = await mkdtemp(path.join(tmpdir(), "normaldance-lighthouse-"));
  const report = path.join(folder, "report.json");
  try {
    await promisify(execFile)(
      "npx",
      [
        ...["--yes", LIGHTHOUSE, url, "--quiet", "--output=json", `--output-path=${report}`],
        `--only-categories=${CATEGORIES.join(",")}`,
        `--chrome-flags=${chromium.args.join(" ")}`,
        `--extra-headers=${JSON.stringify(headers)}`,
      ],
      { env: { ...process.env, CHROME_PATH: chromium.executablePath } },
    );
    const { categories } = JSON.parse(await readFile(report, "utf8")) as {
      categories: Record<string, { score: number | null }>;
    };
    const scoreOf = (name: string) => Math.round((categories[name]?.score ?? 0) * 100);
    return {
      performance: scoreOf("performance"),
      accessibility: scoreOf("accessibility"),
      "best-practices": scoreOf("best-practices"),
      seo: scoreOf("seo"),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
