import { expect, it } from "vitest";
import { z } from "zod";
import { rooms } from "@/scripts/ops/rooms";
import { allRoutes } from "@/tests/support/clients/routes";

/** The command of `npm run ops` that does what a route of the console does. */
const TWINS: Readonly<Record<string, `${string} ${string}`>> = {
  "GET /api/admin/alerts": "alerts list",
  "POST /api/admin/alerts/{id}/close": "alerts close",
  "POST /api/admin/alerts/test": "alerts test",
  "GET /api/admin/audit": "audit list",
  "GET /api/admin/caches": "caches list",
  "POST /api/admin/caches/clear": "caches clear",
  "POST /api/admin/caches/invalidate": "caches invalidate",
  "GET /api/admin/limits": "limits list",
  "POST /api/admin/limits/lift": "limits lift",
  "GET /api/admin/live": "live show",
  "GET /api/admin/people": "people list",
  "GET /api/admin/people/{id}": "people show",
  "POST /api/admin/people/{id}/block": "people block",
  "POST /api/admin/people/{id}/role": "people role",
  "POST /api/admin/people/{id}/sessions/end": "sessions end",
  "POST /api/admin/people/{id}/unblock": "people unblock",
  "POST /api/admin/presence/clear": "presence clear",
  "POST /api/admin/queues/{queue}/pause": "queues pause",
  "POST /api/admin/queues/{queue}/resume": "queues resume",
  "GET /api/admin/redis": "redis info",
  "POST /api/admin/redis/backup": "redis backup",
  "GET /api/admin/redis/key": "redis key",
  "POST /api/admin/redis/key/delete": "redis delete",
  "POST /api/admin/redis/key/expire": "redis expire",
  "GET /api/admin/redis/keys": "redis keys",
  "POST /api/admin/redis/kinds/delete": "redis drop",
  "GET /api/admin/reports": "reports list",
  "POST /api/admin/reports/{id}/close": "reports close",
  "GET /api/admin/schedules": "schedules list",
  "POST /api/admin/sessions/clear": "sessions clear",
  "GET /api/admin/tasks": "queues list",
  "GET /api/admin/tasks/{id}": "tasks show",
  "POST /api/admin/tasks/{id}/cancel": "tasks cancel",
  "POST /api/admin/tasks/{id}/retry": "tasks retry",
  "POST /api/admin/tasks/cancel": "tasks cancel",
  "GET /api/admin/tasks/redrive": "tasks redrive",
  "POST /api/admin/tasks/redrive": "tasks redrive",
  "GET /api/admin/tasks/search": "tasks list",
  "GET /api/admin/views": "views show",
  "POST /api/admin/views/recount": "views recount",
  "POST /api/admin/views/sync": "views sync",
};
/** `npm run ops -- health` shows the overview's backends; Prometheus and the pages have its other numbers. */
const WITHOUT_TWIN = ["GET /api/admin/overview"];

const routes = (await allRoutes()).filter(
  ({ path, spec }) => path.startsWith("/api/admin/") && spec.auth === "admin",
);

it("every route of the console has a command", () => {
  expect(routes.map(({ name }) => name).sort()).toEqual([...Object.keys(TWINS), ...WITHOUT_TWIN].sort());
});

const objectSchema = z.object({ required: z.array(z.string()).default([]) });
/** The body may be one of several objects. */
const bodySchema = z.union([z.object({ anyOf: z.array(objectSchema) }), objectSchema]);

it.each(Object.entries(TWINS))("%s: npm run ops -- %s", (name, twin) => {
  const [room = "", action = ""] = twin.split(" ");
  const command = rooms[room]?.[action];
  expect(command).toBeDefined();
  if (name.startsWith("GET ")) return;
  // Both change something for a reason, which the command line asks for in all that changes something.
  expect(command?.changes).toBeDefined();
  const spec = routes.find((route) => route.name === name)?.spec;
  expect(spec?.fresh).toBe(true);
  const body = bodySchema.parse(
    z.toJSONSchema(spec?.body ?? z.never(), { io: "input", unrepresentable: "any" }),
  );
  for (const { required } of "anyOf" in body ? body.anyOf : [body]) expect(required).toContain("reason");
});
