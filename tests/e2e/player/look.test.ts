import { put } from "@vercel/blob";
import { Client } from "pg";
import sharp from "sharp";
import { expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { openContext, openTab, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { createPlayablePost } from "@/tests/support/factories/playable-posts";
import { workerApp, workerBrowser } from "@/tests/support/processes/worker";

it("looks", async () => {
  const [app, browser] = await Promise.all([workerApp(), workerBrowser()]);
  const db = new Client({ connectionString: app.env.DATABASE_URL });
  await db.connect();
  const maker = await openContext(browser, app);
  const author = (await signUpInBrowser(maker, "Ines Duval")).id;
  const titles = ["Снег на Невском, ночная версия с очень длинным названием", "Glass Harbour", "Тихий час", "Low Tide 🌊", "Полынь", "Kite", "Metro, last train"];
  const posts = [];
  for (const [n, title] of titles.entries())
    posts.push(await createPlayablePost(app, db, author, { title, seconds: 30 + n * 40, status: n === 3 ? "processing" : "ready" }));
  process.env.VERCEL_BLOB_API_URL = app.env.VERCEL_BLOB_API_URL;
  for (const n of [1, 6]) {
    const post = posts[n];
    if (!post) throw new Error("x");
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="1280"><defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#ff5a3c"/><stop offset="1" stop-color="#20124d"/></linearGradient></defs><rect width="1280" height="1280" fill="url(#g)"/><circle cx="640" cy="560" r="300" fill="#ffd166"/><rect y="800" width="1280" height="480" fill="#12081f" opacity=".7"/></svg>`;
    const fileId = newId();
    await db.query(`INSERT INTO "MediaFile" (id,"ownerId",name,type,bytes,pathname,purpose,status) VALUES ($1,$2,'c.png','image/png',1,$3,'cover','ready')`, [fileId, author, `c/${fileId}`]);
    for (const width of [96, 320, 640, 1280])
      for (const format of ["avif", "webp"] as const) {
        const bytes = await sharp(Buffer.from(svg)).resize(width)[format]({ effort: 1 }).toBuffer();
        const pathname = `covers/${newId()}.${format}`;
        await put(pathname, bytes, { access: "public", token: app.env.PUBLIC_BLOB_READ_WRITE_TOKEN, contentType: `image/${format}`, addRandomSuffix: false });
        await db.query(`INSERT INTO "MediaVariant" (id,"fileId",kind,format,width,height,type,bytes,sha256,pathname) VALUES ($1,$2,'image',$3,$4,$4,$5,$6,'',$7)`, [newId(), fileId, format, width, `image/${format}`, bytes.length, pathname]);
      }
    await db.query(`UPDATE "Post" SET "coverFileId"=$1, plays=$3 WHERE id=$2`, [fileId, post.id, n * 700]);
  }
  await maker.request.post("/api/posts", { data: { title: "Words only" } });
  const done: string[] = [];
  for (const [width, scheme, locale] of [
    [390, "dark", "en-US"],
    [1440, "light", "en-US"],
    [390, "light", "ru-RU"],
    [320, "dark", "ru-RU"],
  ] as const) {
    const context = await openContext(browser, app, { viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme: scheme, locale });
    const name = `${width}-${scheme}-${locale.slice(0, 2)}`;
    const page = await openTab(context, "/");
    const label = locale === "ru-RU" ? "Слушать" : "Play";
    await page.getByRole("main").getByRole("button", { name: `${label}: Metro, last train` }).click();
    await page.waitForFunction(() => (document.querySelector<HTMLAudioElement>("audio[data-player]")?.currentTime ?? 0) > 0.5);
    await page.evaluate(() => { const a = document.querySelector<HTMLAudioElement>("audio[data-player]"); if (a) a.currentTime = 90; });
    await page.locator("[data-player-bar] canvas").first().waitFor({ state: "attached" });
    await page.waitForTimeout(400);
    await page.screenshot({ path: `/tmp/s-pl/${name}-feed.png` });
    await page.mouse.wheel(0, 900);
    await page.waitForTimeout(400);
    await page.screenshot({ path: `/tmp/s-pl/${name}-feed2.png` });
    await page.getByRole("main").getByRole("link", { name: "Glass Harbour" }).click();
    await page.waitForURL("**/posts/**");
    await page.locator("main canvas").first().waitFor({ state: "attached" });
    await page.waitForTimeout(400);
    await page.screenshot({ path: `/tmp/s-pl/${name}-post.png` });
    await page.locator("[data-player-bar]").getByRole("button", { name: locale === "ru-RU" ? "Очередь и плеер" : "Queue and player" }).click();
    await page.getByRole("dialog").waitFor();
    await page.waitForTimeout(400);
    await page.screenshot({ path: `/tmp/s-pl/${name}-queue.png` });
    done.push(name);
    await context.close();
  }
  await browser.close();
  await db.end();
  expect(done).toHaveLength(4);
}, 500_000);
