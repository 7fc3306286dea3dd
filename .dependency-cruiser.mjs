/**
 * The layers of the code (docs/ARCHITECTURE.md): a folder imports from its own layer and from lower ones, and a domain
 * is imported through its index. Two lists of layers and the rules made from them.
 * @type {import('dependency-cruiser').IConfiguration}
 */

/** Lowest first. */
const libLayers = [
  ["core"],
  ["schemas"],
  ["redis", "db"],
  ["cache", "rate-limit", "audit", "storage", "metrics"],
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
    ...[
      "people",
      "contacts",
      "reports",
      "search",
      "bonuses",
      "leaderboards",
      "analytics",
      "privacy",
      "nft",
      "bot",
      "ops",
    ],
  ],
];
const appLayers = [["_ui", "_art"], ["_data"], ["_shell", "_features"], ["(site)", "(admin)", "api"]];

const escapeName = (name) => name.replace(/[()]/g, "\\$&");
const folders = (root, names) => `^${root}/(${names.map(escapeName).join("|")})/`;
const domains = folders("lib", libLayers.at(-1));

/** One rule per layer: it imports nothing from higher layers. Only the task registry may, and only lazily. */
const layerRules = (root, layers) =>
  layers.slice(0, -1).map((names, layer) => ({
    name: `${root}-layer-${layer + 1}-imports-nothing-above`,
    severity: "error",
    from: { path: folders(root, names), pathNot: "^lib/tasks/registry\\.ts$" },
    to: { path: folders(root, layers.slice(layer + 1).flat()) },
  }));

export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    ...layerRules("lib", libLayers),
    ...layerRules("app", appLayers),
    {
      name: "every-lib-folder-has-a-layer",
      severity: "error",
      from: {},
      to: { path: "^lib/[^/]+/", pathNot: folders("lib", libLayers.flat()) },
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
      to: { path: "^(app|local|contracts|tests|scripts|bench)/" },
    },
    {
      name: "contracts-import-nothing-of-the-app",
      severity: "error",
      from: { path: "^contracts/" },
      to: { path: "^(app|lib|local|tests|scripts|bench|prisma)/" },
    },
    {
      name: "only-lib-db-imports-the-prisma-client",
      severity: "error",
      from: { pathNot: ["^lib/db/", "^tests/", "^prisma/generated/"] },
      to: { path: "prisma/generated/", pathNot: "prisma/generated/enums" },
    },
    {
      name: "prisma-enums-are-imported-from-lib-schemas",
      comment: "import @/lib/schemas/enums; core, the layer below it, needs the roles of the access token",
      severity: "error",
      from: { pathNot: ["^lib/schemas/enums\\.ts$", "^lib/core/access-token\\.ts$", "^prisma/generated/"] },
      to: { path: "prisma/generated/enums" },
    },
    {
      name: "domains-are-imported-through-their-index",
      comment: "import @/lib/<domain>, not a file inside it",
      severity: "error",
      from: { path: "^(app|middleware|instrumentation|scripts|local)" },
      to: { path: domains, pathNot: "/index\\.tsx?$" },
    },
    {
      name: "domains-import-each-other-through-the-index",
      severity: "error",
      from: { path: "^lib/([^/]+)/", pathNot: "^lib/tasks/registry\\.ts$" },
      to: { path: domains, pathNot: ["^lib/$1/", "/index\\.ts$"] },
    },
    {
      name: "app-never-imports-local",
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
      name: "open-telemetry-is-loaded-on-demand",
      comment: "only instrumentation.ts, and only where a collector is configured",
      severity: "error",
      from: { pathNot: "^(lib/core/open-telemetry\\.ts$|tests/)" },
      to: {
        path: "(^lib/core/open-telemetry|node_modules/@opentelemetry|node_modules/@vercel/otel)",
        dynamic: false,
      },
    },
    {
      name: "app-imports-no-dev-dependency",
      severity: "error",
      from: { path: "^(app|lib|middleware|instrumentation)" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "every-import-resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "prisma/generated/" },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "^prisma/generated/"] },
    exclude: { path: "(^|/)\\.next/" },
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
