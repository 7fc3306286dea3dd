import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { type Cluster, startCluster } from "@/tests/support/processes/cluster";
import { workerBrowser } from "@/tests/support/processes/worker";
import { testChat } from "../chat/cluster";
import { testPresence } from "../presence/cluster";
import { testClients } from "../realtime/cluster";

/**
 * Three instances of the app behind one address. Starting them, a Postgres and a Redis takes long, and the tests kill
 * instances and flush Redis: so those of all features share one cluster and run one after another.
 */

let cluster: Cluster;
let browser: Browser;

beforeAll(async () => {
  [cluster, browser] = await Promise.all([startCluster(3), workerBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
});

async function takeCluster() {
  await waitUntil("the cluster has no subscriptions", () => cluster.subscriptions() === 0);
  await cluster.emptyRedis();
  return { cluster, browser };
}

testClients(takeCluster);
testPresence(takeCluster);
testChat(takeCluster);
