import { assertName, assertUrl } from "../destination";
import { badRequest, notFound } from "../errors";
import type { Endpoint } from "../model";
import { requireWithinPlan } from "../quota";
import { type Answer, type Call, jsonBody, type Route } from "./router";

/** Routes of URL groups, which the paths still call topics. */
export const groupRoutes: Route[] = [
  {
    method: "GET",
    pattern: "/v2/topics",
    handle: ({ api }) => ({ body: [...api.store.state.groups.values()] }),
  },
  { method: "GET", pattern: "/v2/topics/:name", handle: getGroup },
  { method: "DELETE", pattern: "/v2/topics/:name", handle: deleteGroup },
  { method: "POST", pattern: "/v2/topics/:name/endpoints", handle: addEndpoints },
  { method: "DELETE", pattern: "/v2/topics/:name/endpoints", handle: removeEndpoints },
];

const groupName = (call: Call): string => assertName("url group name", call.params.name ?? "");

function getGroup(call: Call): Answer {
  const group = call.api.store.state.groups.get(groupName(call));
  if (!group) throw notFound(`url group ${call.params.name}`);
  return { body: group };
}

function deleteGroup(call: Call): Answer {
  const name = groupName(call);
  if (!call.api.store.state.groups.has(name)) throw notFound(`url group ${name}`);
  call.api.store.commit({ t: "groupRemoved", name });
  return {};
}

/** Adds endpoints; one with the same URL or name as an existing endpoint replaces it. */
function addEndpoints(call: Call): Answer {
  const name = groupName(call);
  const endpoints = [...(call.api.store.state.groups.get(name)?.endpoints ?? [])];
  for (const { url, name: endpointName } of readEndpoints(call)) {
    if (url === undefined) throw badRequest("endpoint url is missing");
    const endpoint: Endpoint = {
      ...(endpointName === undefined ? {} : { name: endpointName }),
      url: assertUrl("endpoint", url),
    };
    const index = endpoints.findIndex(
      (known) => known.url === url || (endpointName !== undefined && known.name === endpointName),
    );
    if (index === -1) endpoints.push(endpoint);
    else endpoints[index] = endpoint;
  }
  const { store } = call.api;
  const { groups } = store.state;
  if (!groups.has(name)) requireWithinPlan(store, "maxUrlGroups", groups.size + 1);
  requireWithinPlan(store, "maxEndpointsPerUrlGroup", endpoints.length);
  call.api.store.commit({ t: "groupSet", name, endpoints });
  return {};
}

/** Removes endpoints; a group without endpoints is removed too. */
function removeEndpoints(call: Call): Answer {
  const name = groupName(call);
  const group = call.api.store.state.groups.get(name);
  if (!group) throw notFound(`url group ${name}`);
  const removed = readEndpoints(call);
  const endpoints = group.endpoints.filter(
    (known) =>
      !removed.some(
        ({ url, name: endpointName }) =>
          (url !== undefined || endpointName !== undefined) &&
          (url === undefined || known.url === url) &&
          (endpointName === undefined || known.name === endpointName),
      ),
  );
  call.api.store.commit(
    endpoints.length === 0 ? { t: "groupRemoved", name } : { t: "groupSet", name, endpoints },
  );
  return {};
}

function readEndpoints(call: Call): { url?: string; name?: string }[] {
  const body = jsonBody(call);
  const endpoints =
    typeof body === "object" && body !== null && "endpoints" in body ? body.endpoints : undefined;
  if (!Array.isArray(endpoints) || endpoints.length === 0) throw badRequest("endpoints are missing");
  return endpoints.map((endpoint: unknown) => {
    if (typeof endpoint !== "object" || endpoint === null) throw badRequest("an endpoint must be an object");
    const { url, name } = endpoint as Record<string, unknown>;
    if (url !== undefined && typeof url !== "string") throw badRequest("endpoint url must be a string");
    if (name !== undefined && typeof name !== "string") throw badRequest("endpoint name must be a string");
    return { url, name: name === undefined || name === "" ? undefined : assertName("endpoint name", name) };
  });
}
