export {
  type AlertPage,
  type AlertView,
  alertPageQuerySchema,
  alertPageSchema,
  alertSchema,
  closeAlert,
  countOpenAlerts,
  listOpenAlerts,
} from "./alerts";
export { checkHealth, healthSchema, integrationSchema, probeIntegration } from "./health";
export {
  changeRole,
  listPeople,
  newRoleSchema,
  type PeoplePage,
  type PersonView,
  peoplePageSchema,
  peopleQuerySchema,
  personSchema,
} from "./people";
export { registerShutdown, shutDown } from "./shutdown";
export { sweepAll, syncAndSweep } from "./sync-and-sweep";
export { tidyAlerts } from "./tidy-alerts";
