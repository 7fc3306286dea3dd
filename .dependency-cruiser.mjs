/**
 * The floors of the house (docs/ARCHITECTURE.md#floors): a room imports from its own floor and from those below, and a
 * domain is used through its index. Two lists and the rules made from them.
 * @type {import('dependency-cruiser').IConfiguration}
 */

/** Lowest first. */
const libFloors = [
  ["core"],
  ["schemas"],
  ["redis", "db"],
  ["cache", "rate-limit", "audit", "storage"],
  ["realtime", "tasks"],
  [
    ...[
      "accounts",
      "sessions",
      "posts",
      "views",
      "chat",
      "presence",
      "notifications",
      "mail",
      "media",
      "shop",
    ],
    ...["bonuses", "leaderboards", "analytics", "privacy", "bot", "nft", "ops"],
  ],
];
const appFloors = [["_ui", "_art"], ["_data"], ["_shell", "_features"], ["(site)", "(admin)", "api"]];

const escapeName = (name) => name.replace(/[()]/g, "\\$&");
const rooms = (house, names) => `^${house}/(${names.map(escapeName).join("|")})/`;
const domains = rooms("lib", libFloors.at(-1));

/** One rule a floor: nothing above it is imported. The task registry alone reaches up, and only lazily. */
const upwards = (house, floors) =>
  floors.slice(0, -1).map((names, floor) => ({
    name: `${house}-floor-${floor + 1}-imports-nothing-above`,
    severity: "error",
    from: { path: rooms(house, names), pathNot: "^lib/tasks/registry\\.ts$" },
    to: { path: rooms(house, floors.slice(floor + 1).flat()) },
  }));

export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    ...upwards("lib", libFloors),
    ...upwards("app", appFloors),
    {
      name: "every-room-has-a-floor",
      severity: "error",
      from: {},
      to: { path: "^lib/[^/]+/", pathNot: [rooms("lib", libFloors.flat()), "^lib/generated/"] },
    },
    {
      name: "registry-imports-lazily",
      severity: "error",
      from: { path: "^lib/tasks/registry\\.ts$" },
      to: { path: domains, dynamic: false, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "lib-imports-lib-only",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(app|local|tests|scripts|bench)/" },
    },
    {
      name: "a-domain-is-used-through-its-index",
      comment: "import @/lib/<domain> (or its client.ts from the browser), not a file inside it",
      severity: "error",
      from: { path: "^(app|middleware|instrumentation|scripts|local)" },
      to: { path: domains, pathNot: "/(index|client)\\.tsx?$" },
    },
    {
      name: "domains-meet-at-their-index",
      severity: "error",
      from: { path: "^lib/([^/]+)/", pathNot: "^lib/tasks/registry\\.ts$" },
      to: { path: domains, pathNot: ["^lib/$1/", "/index\\.ts$"] },
    },
    {
      name: "local-is-never-imported-by-the-app",
      severity: "error",
      from: { path: "^(app|lib|middleware|instrumentation)" },
      to: { path: "^local/" },
    },
    {
      name: "only-the-registry-imports-handlers",
      severity: "error",
      from: { pathNot: ["^lib/tasks/registry\\.ts$", "^tests/"] },
      to: { path: "\\.task\\.ts$" },
    },
    {
      name: "the-app-ships-no-dev-dependency",
      severity: "error",
      from: { path: "^(app|lib|middleware|instrumentation)" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "everything-resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^lib/db/generated" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(\\.next|generated)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      aliasFields: [],
    },
  },
};
