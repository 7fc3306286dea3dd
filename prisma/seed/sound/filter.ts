import { SAMPLE_RATE } from "./sound";

/**
 * A state-variable filter of 12 dB an octave, stable while its frequency moves (the trapezoidal form by Andrew
 * Simper). After `process` the three outputs are in its fields.
 */
export class Filter {
  low = 0;
  band = 0;
  high = 0;
  private state1 = 0;
  private state2 = 0;
  private g = 0;
  private k = 1;
  private a1 = 0;

  constructor(hertz: number, resonance = 0.7) {
    this.set(hertz, resonance);
  }

  /** @param resonance  0.7 is flat, more is a peak */
  set(hertz: number, resonance = 0.7): void {
    this.g = Math.tan((Math.PI * Math.min(hertz, SAMPLE_RATE * 0.45)) / SAMPLE_RATE);
    this.k = 1 / resonance;
    this.a1 = 1 / (1 + this.g * (this.g + this.k));
  }

  process(input: number): void {
    const v3 = input - this.state2;
    const v1 = this.a1 * (this.state1 + this.g * v3);
    const v2 = this.state2 + this.g * v1;
    this.state1 = 2 * v1 - this.state1;
    this.state2 = 2 * v2 - this.state2;
    this.low = v2;
    this.band = v1;
    this.high = input - this.k * v1 - v2;
  }
}
