/** ISO 4217. All of them have two decimals, so a minor unit is a hundredth everywhere. */
export const currencies = ["RUB", "USD", "EUR", "GBP"] as const;
export type Currency = (typeof currencies)[number];
