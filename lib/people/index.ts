export { getPerson } from "./get-person";
export { getPersonPage } from "./get-person-page";
