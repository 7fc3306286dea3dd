import { rm } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { startBrowserServer } from "@/tests/support/clients/browser";
import { seedFolder, startAppOn } from "@/tests/support/processes/running-app";
import { serveHttp } from "@/tests/support/proxies/http-server";

interface Shared {
  /** What a test gets, such as an address. */
  readonly value: unknown;
  stop(): Promise<void>;
}

/**
 * Resources that the browser tests share, each created on the first request (tests/support/processes/shared.ts):
 *
 * folder     a data folder with the demo data: migrating and seeding is most of an app's first start
 * app/1      an app for the files of the first worker, on a copy of the folder
 * browser/1  a browser for them
 */
export default async function shareOnce(project: TestProject): Promise<() => Promise<void>> {
  const made = new Map<string, Promise<Shared>>();
  const get = (what: string): Promise<Shared> => {
    const existing = made.get(what);
    if (existing) return existing;
    const created = make(what);
    made.set(what, created);
    return created;
  };
  const make = async (what: string): Promise<Shared> => {
    switch (what.split("/")[0]) {
      case "folder": {
        const folder = await seedFolder();
        return { value: folder, stop: () => rm(folder, { recursive: true, force: true }) };
      }
      case "app": {
        const { value: folder } = await get("folder");
        const { url, env, stop } = await startAppOn(String(folder), { TRUST_PROXY: "1" });
        return { value: { url, env }, stop };
      }
      case "browser": {
        const server = await startBrowserServer();
        return { value: server.wsEndpoint(), stop: () => server.close() };
      }
      default:
        throw new Error(`no shared resource is called ${what}`);
    }
  };
  const server = await serveHttp((request, response) => {
    get(request.url?.slice(1) ?? "").then(
      ({ value }) => response.end(JSON.stringify(value)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  project.provide("sharedUrl", server.url);
  return async () => {
    await server.close();
    await Promise.allSettled([...made.values()].map(async (each) => (await each).stop()));
  };
}

declare module "vitest" {
  interface ProvidedContext {
    sharedUrl: string;
  }
}
