/**
 * The import rules of the house (docs/ARCHITECTURE.md): imports point one way,
 * `core` <- `redis`, `db` <- `audit`, `cache`, `rate-limit`, `tasks`, `realtime` <- the domains <- `app`.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const services = "^lib/(audit|cache|rate-limit|tasks|realtime)/";
const domains =
  "^lib/(accounts|sessions|presence|chat|notifications|mail|analytics|posts|views|media|nft|shop|bonuses|leaderboards|bot|admin|health|privacy)/";

export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "core-stands-alone",
      comment: "lib/core imports nothing else in lib",
      severity: "error",
      from: { path: "^lib/core/" },
      to: { path: "^(lib/(?!core/)|app/|local/|tests/|scripts/)" },
    },
    {
      name: "redis-and-db-stand-on-core",
      severity: "error",
      from: { path: "^lib/(redis|db)/" },
      to: { path: "^(lib/(?!core/)|app/|local/|tests/|scripts/)", pathNot: "^lib/$1/" },
    },
    {
      name: "services-stand-on-foundations",
      comment: "the task registry alone may reach up into the domains, and only lazily",
      severity: "error",
      from: { path: services, pathNot: "^lib/tasks/registry\\.ts$" },
      to: { path: [domains, "^(app|local|tests|scripts)/"] },
    },
    {
      name: "realtime-stands-below-tasks",
      comment: "whatever changes may say so, a task's state too",
      severity: "error",
      from: { path: "^lib/realtime/" },
      to: { path: "^lib/(?!(realtime|core|redis|db)/)" },
    },
    {
      name: "audit-stands-on-db",
      comment: "everybody who does something sensitive calls it, so it knows nobody",
      severity: "error",
      from: { path: "^lib/audit/" },
      to: { path: "^lib/(?!(audit|core|db)/)" },
    },
    {
      name: "registry-imports-lazily",
      severity: "error",
      from: { path: "^lib/tasks/registry\\.ts$" },
      to: { path: domains, dynamic: false, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "domains-do-not-know-the-doors",
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
