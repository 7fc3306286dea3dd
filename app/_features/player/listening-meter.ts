/** A play is this much of a track, or half of it if that is less. */
const PLAY_SECONDS = 30;
const PLAY_SHARE = 0.5;
/** Positions are reported a little late and unevenly; a jump by more than this is a seek. */
const TOLERANCE_SECONDS = 0.75;

/**
 * Measures how much of a track was really played in one listen. The position may not advance faster than the clock: what a seek skips
 * does not count, and what plays twice counts twice.
 */
export class ListeningMeter {
  private playedSeconds = 0;
  private isSettled = false;
  private last: { positionSeconds: number; atMs: number } | null = null;

  /** @param atMs  of a clock that never jumps */
  advance(positionSeconds: number, atMs: number): void {
    if (this.last) {
      const moved = positionSeconds - this.last.positionSeconds;
      const elapsed = (atMs - this.last.atMs) / 1_000;
      if (moved > 0 && moved <= elapsed + TOLERANCE_SECONDS) this.playedSeconds += moved;
    }
    this.last = { positionSeconds, atMs };
  }

  /** The sound stands still or jumps: what comes next does not continue what was before. */
  interrupt(): void {
    this.last = null;
  }

  /** The play was counted: one listen is one play, however long it goes on. */
  settle(): void {
    this.isSettled = true;
  }

  /** Whether this listen is a play that is not yet counted. */
  isPlay(durationSeconds: number | null): boolean {
    if (this.isSettled) return false;
    const half = durationSeconds === null ? PLAY_SECONDS : durationSeconds * PLAY_SHARE;
    return this.playedSeconds > 0 && this.playedSeconds >= Math.min(PLAY_SECONDS, half);
  }
}
