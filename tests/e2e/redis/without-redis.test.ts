import { createServer, type Server } from "node:net";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NextServer, startNextServer, withRedis } from "@/tests/support/processes/next-server";
import type { App } from "@/tests/support/processes/running-app";
import { workerApp } from "@/tests/support/processes/worker";
import { freePort } from "@/tests/support/stack/real-postgres";

/** A server that accepts connections and never responds. */
async function silentServer(): Promise<{ url: string; server: Server }> {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no address");
  return { url: `http://127.0.0.1:${address.port}`, server };
}

describe.each(["refused", "hung"])("with Redis %s", (kind) => {
  let app: App;
  let server: NextServer;
  let silent: Server | undefined;

  beforeAll(async () => {
    let url = `http://127.0.0.1:${await freePort()}`;
    if (kind === "hung") ({ url, server: silent } = await silentServer());
    app = await workerApp();
    server = await startNextServer(withRedis(app.env, url, "none"));
  });
  afterAll(async () => {
    await server?.stop();
    silent?.close();
  });

  it("the feed and a post page open, a view is counted in Postgres, and the health checks report the outage", async () => {
    const json = { "content-type": "application/json" };
    const { items } = await (await fetch(`${server.url}/api/posts?limit=3`)).json();
    const post = items[2];
    const signIn = await fetch(`${server.url}/api/auth/sign-in`, {
      method: "POST",
      headers: json,
      body: JSON.stringify({ email: "petr@normaldance.test", password: "normaldance" }),
    });
    const { accessToken } = await signIn.json();
    expect(signIn.headers.get("ratelimit-degraded")).toBe("process");

    const database = new Client({ connectionString: app.env.DATABASE_URL });
    await database.connect();
    const viewerSeq = (await database.query(`SELECT seq FROM "User" WHERE email = 'petr@normaldance.test'`))
      .rows[0].seq;
    await database.query(
      `WITH gone AS (DELETE FROM "PostView" WHERE "postId" = $1 AND "viewerSeq" = $2 RETURNING 1)
      UPDATE "Post" SET views = views - (SELECT count(*) FROM gone) WHERE id = $1`,
      [post.id, viewerSeq],
    );
    const before = (await database.query(`SELECT views FROM "Post" WHERE id = $1`, [post.id])).rows[0].views;

    const view = await fetch(`${server.url}/api/posts/view`, {
      method: "POST",
      headers: { ...json, authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ postId: post.id }),
    });
    expect(await view.json()).toMatchObject({ viewsCount: before + 1 });
    const after = await database.query(
      `SELECT p.views, p."viewsBase" + (SELECT count(*)::int FROM "PostView" v WHERE v."postId" = p.id) AS truth FROM "Post" p WHERE id = $1`,
      [post.id],
    );
    expect(after.rows[0]).toEqual({ views: before + 1, truth: before + 1 });
    await database.end();

    for (const path of ["/", `/posts/${post.id}`]) {
      const startedAt = performance.now();
      const page = await fetch(`${server.url}${path}`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain(post.title);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    }
    expect(await (await fetch(`${server.url}/api/health`)).json()).toMatchObject({
      status: "degraded",
      redis: { status: "down" },
    });
    expect(await (await fetch(`${server.url}/api/test-integration`)).json()).toMatchObject({
      status: "degraded",
      redis: { status: "down" },
      qstash: { status: "ok" },
    });
  });
});
