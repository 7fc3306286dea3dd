export { getOwnNumbers } from "./get-own-numbers";
export { getPerson } from "./get-person";
export { getPersonPage } from "./get-person-page";
