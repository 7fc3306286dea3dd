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
