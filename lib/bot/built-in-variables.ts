import { formatMoney } from "../core/format";
import type { Execution, Variables, VariableValue } from "../schemas/bot";
import { BUILT_IN_VARIABLES } from "../schemas/workflow";
import type { RunContext } from "./run-types";
import type { Lookup } from "./template";
import { botText } from "./texts";

type BuiltIn = (typeof BUILT_IN_VARIABLES)[number];

/** Hundredths as a number of bonuses. */
const fromMinor = (minor: number): number => minor / 100;

function builtIn(name: BuiltIn, { person, account, language, siteUrl }: RunContext): VariableValue {
  switch (name) {
    case "name":
      return account?.name ?? person.name;
    case "language":
      return language;
    case "linked":
      return account !== null;
    case "balance":
      return fromMinor(account?.balance ?? 0);
    case "level":
      return account?.level ?? 1;
    case "referrals":
      return account?.referrals ?? 0;
    case "referralLink":
      return account?.referralLink ?? siteUrl;
    case "purchaseCount":
      return account?.purchaseCount ?? 0;
    case "purchases":
      return (account?.purchases ?? [])
        .map(({ title, amountMinor, currency, at }) =>
          botText(language, "purchase", {
            title,
            amount: formatMoney({ amountMinor, currency }, language),
            date: at.slice(0, 10),
          }),
        )
        .join("\n");
    case "notified":
      return person.isNotified;
    case "siteUrl":
      return siteUrl;
  }
}

const builtIns: ReadonlySet<string> = new Set(BUILT_IN_VARIABLES);

/** Variables of an execution: the person's and account's, then those that it has set. */
export function variableLookup(context: RunContext, execution: Execution, transient: Variables): Lookup {
  return (name) => {
    if (builtIns.has(name)) return builtIn(name as BuiltIn, context);
    if (Object.hasOwn(transient, name)) return transient[name];
    return Object.hasOwn(execution.variables, name) ? execution.variables[name] : undefined;
  };
}
