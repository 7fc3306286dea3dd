export { health, healthSchema, integrationSchema, probeIntegration } from "./report";
