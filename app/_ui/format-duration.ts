const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;

/** `3:07`, from an hour on `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const minutes = Math.floor(whole / SECONDS_PER_MINUTE);
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  const two = (number: number) => String(number).padStart(2, "0");
  const rest = two(whole % SECONDS_PER_MINUTE);
  return hours > 0
    ? `${String(hours)}:${two(minutes % MINUTES_PER_HOUR)}:${rest}`
    : `${String(minutes)}:${rest}`;
}
