import { notFound } from "../errors";
import type { Schedule } from "../model";
import { scheduleView } from "../views";
import type { Answer, Call, Route } from "./router";

/** Must come before the routes that create schedules, whose `*` would match these paths. */
export const scheduleRoutes: Route[] = [
  {
    method: "GET",
    pattern: "/v2/schedules",
    handle: ({ api }) => ({ body: [...api.store.state.schedules.values()].map(scheduleView) }),
  },
  {
    method: "GET",
    pattern: "/v2/schedules/:id",
    handle: (call) => ({ body: scheduleView(findSchedule(call)) }),
  },
  {
    method: "DELETE",
    pattern: "/v2/schedules/:id",
    handle(call) {
      call.api.schedules.remove(findSchedule(call).id);
      return {};
    },
  },
  // The documentation POSTs, the SDK PATCHes.
  ...["POST", "PATCH"].flatMap((method): Route[] => [
    { method, pattern: "/v2/schedules/:id/pause", handle: (call) => setPaused(call, true) },
    { method, pattern: "/v2/schedules/:id/resume", handle: (call) => setPaused(call, false) },
  ]),
];

function setPaused(call: Call, paused: boolean): Answer {
  call.api.schedules.setPaused(findSchedule(call), paused);
  return {};
}

function findSchedule({ api, params }: Call): Schedule {
  const schedule = api.store.state.schedules.get(params.id ?? "");
  if (!schedule) throw notFound(`schedule ${params.id}`);
  return schedule;
}
