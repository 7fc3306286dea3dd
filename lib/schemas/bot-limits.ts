/** People are counted up to here, and a `+` is shown. */
export const MAX_PEOPLE_COUNT = 100_000;
/** As {@link MAX_PEOPLE_COUNT}, for executions that wait or failed. */
export const MAX_EXECUTION_COUNT = 10_000;
