import { type FaultProxy, startFaultProxy } from "./fault-proxy";

/** Puts a fault proxy between the app and the file store. Call it before anything reads the environment. */
export async function startStoreProxy(): Promise<FaultProxy> {
  const store = new URL(process.env.VERCEL_BLOB_API_URL ?? "");
  const proxy = await startFaultProxy({ host: "127.0.0.1", port: Number(store.port) });
  process.env.VERCEL_BLOB_API_URL = `http://127.0.0.1:${proxy.port}${store.pathname}`;
  return proxy;
}
