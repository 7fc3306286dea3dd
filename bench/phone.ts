import { launchOptions, openBrowser } from "@/tests/support/clients/browser";
import { startStage } from "./cost/stage";
import { openSignedInContext } from "./cost/visitor";
import { runLighthouse, type Scores } from "./phone/lighthouse";
import { measureTaps } from "./phone/taps";
import { table } from "./table";

/**
 * `npm run bench:phone` prints what a slow phone sees: how soon a tap is answered and its page is there, and Lighthouse's
 * scores of four pages, as medians. Unlike the counts of bench:cost they depend on the machine and on what else it does.
 */

const TIMES = Number(process.env.TIMES ?? 5);

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const stage = await startStage();
try {
  const taps = await measureTaps(stage, TIMES);
  const medianOf = (name: "markedMs" | "openedMs") =>
    String(Math.round(median(taps.map((tap) => tap[name]))));
  console.log(`Medians of ${String(TIMES)} runs.\n`);
  console.log(
    table([
      ["A tap on Shop, slow 4G and a processor four times slower", "ms", "at most"],
      ["until the link shows it", medianOf("markedMs"), "100"],
      ["until the page is there, which was not prefetched", medianOf("openedMs"), "–"],
    ]),
  );

  const pages = await openPages();
  const rows: string[][] = [["Lighthouse, mobile", "performance", "accessibility", "best practices", "SEO"]];
  for (const { name, url, headers } of pages) {
    const runs: Scores[] = [];
    for (let n = 0; n < TIMES; n++) runs.push(await runLighthouse(url, launchOptions(), headers));
    const cell = (category: keyof Scores) => String(median(runs.map((scores) => scores[category])));
    rows.push([name, cell("performance"), cell("accessibility"), cell("best-practices"), cell("seo")]);
  }
  console.log(`\n${table(rows)}`);
} finally {
  await stage.stop();
}
process.exit(0);

/** Three pages of an anonymous visitor, and a conversation of the demo listener. */
async function openPages(): Promise<{ name: string; url: string; headers: Record<string, string> }[]> {
  const posts = (await (await fetch(`${stage.url}/api/posts?limit=1`)).json()) as { items: { id: string }[] };
  const browser = await openBrowser();
  try {
    const context = await openSignedInContext(stage, browser);
    const chats = (await (await context.request.get(`${stage.url}/api/chats`)).json()) as {
      items: { id: string }[];
    };
    const cookies = await context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    return [
      { name: "feed", url: `${stage.url}/`, headers: {} },
      { name: "post", url: `${stage.url}/posts/${posts.items[0]?.id ?? ""}`, headers: {} },
      { name: "shop", url: `${stage.url}/shop`, headers: {} },
      {
        name: "conversation",
        url: `${stage.url}/chat/${chats.items[0]?.id ?? ""}`,
        headers: { Cookie: cookie },
      },
    ];
  } finally {
    await browser.close();
  }
}
