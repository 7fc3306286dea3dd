export {
  type AlertPage,
  type AlertView,
  alertPageQuerySchema,
  alertPageSchema,
  alertSchema,
  closeAlert,
  countOpenAlerts,
  openAlerts,
} from "./alerts";
export { health, healthSchema, integrationSchema, probeIntegration } from "./health";
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
export { finish, syncBeforeExit } from "./shutdown";
