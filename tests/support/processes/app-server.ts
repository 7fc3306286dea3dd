import { findRoutes } from "@/scripts/openapi-document";
import { type RouteServer, serveRoutes } from "./route-server";

/** Serves every route of the app, as {@link serveRoutes} does. */
export async function serveApp(port: number): Promise<RouteServer> {
  return serveRoutes(port, await findRoutes());
}
