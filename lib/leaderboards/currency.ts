/** Currency of most products. Sums in different currencies cannot be compared, so each has its own board. */
export const MAIN_CURRENCY = "RUB";
