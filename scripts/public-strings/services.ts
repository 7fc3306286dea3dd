import ts from "typescript";
import { plannedScheduleIds } from "../schedule-plans";
import { fields, known, literalsIn, methodCalls, namesIn, packageCalls, type Tools } from "./uses";

/** Fields of other services' APIs whose values are ours. */
const SERVICE_FIELDS: Readonly<Record<string, string>> = {
  deduplicationId: "QStash deduplication ids",
  idempotencyKey: "Idempotency keys of providers",
  success_url: "Addresses given to providers",
  cancel_url: "Addresses given to providers",
};

/** Names that other services depend on: QStash, Stripe, the mail server, the file store, readers of a token. */
export function addServices(tools: Tools): void {
  const { project, sections } = tools;
  for (const { name, value } of fields(tools)) {
    const heading = SERVICE_FIELDS[name];
    if (heading) sections.add(heading, ...known(tools, value));
    if (name === "messageId")
      sections.add("Message ids of mails", ...known(tools, value).filter((id) => id.includes("@")));
  }
  for (const { name, initializer } of project.find(ts.isPropertyAssignment)) {
    if (name.getText() === "metadata")
      for (const literal of literalsIn(initializer))
        sections.add("Metadata given to providers", ...namesIn(tools, literal));
    // A name with dots is an event's, never a property's.
    if (ts.isStringLiteral(name) && /^[a-z_]+(\.[a-z_]+)+$/.test(name.text))
      sections.add("Events of providers", name.text);
  }
  for (const call of packageCalls(tools, "node:crypto", "hkdfSync"))
    sections.add("Purposes of derived keys", ...known(tools, call.arguments?.[3]));
  addToken(tools);
  addSchedules(tools);
}

const CLAIM_METHODS = [
  "setIssuer",
  "setAudience",
  "setSubject",
  "setJti",
  "setExpirationTime",
  "setProtectedHeader",
];

/** Claims of the tokens that the app signs. */
function addToken(tools: Tools): void {
  const { sections } = tools;
  for (const { arguments: given } of packageCalls(tools, "jose", "SignJWT"))
    for (const literal of literalsIn(given?.[0])) sections.add("Token claims", ...namesIn(tools, literal));
  for (const { method, argument } of methodCalls(tools, CLAIM_METHODS)) {
    if (!argument) continue;
    const values = ts.isObjectLiteralExpression(argument) ? [argument.getText()] : tools.render(argument);
    sections.add("Token claims", ...values.map((value) => `${method.slice(3)} ${value}`));
  }
}

function addSchedules({ sections }: Tools): void {
  sections.add("QStash schedule ids", ...plannedScheduleIds);
}
