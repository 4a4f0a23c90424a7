/** Measures how long at least one of many overlapping tasks was under way. */
export class Stopwatch {
  private spent = 0;
  private running = 0;
  private since = 0;

  get milliseconds(): number {
    return this.spent + (this.running > 0 ? performance.now() - this.since : 0);
  }

  measure<T>(task: () => T): T {
    this.begin();
    try {
      return task();
    } finally {
      this.end();
    }
  }

  async during<T>(task: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await task();
    } finally {
      this.end();
    }
  }

  private begin(): void {
    if (this.running === 0) this.since = performance.now();
    this.running += 1;
  }

  private end(): void {
    this.running -= 1;
    if (this.running === 0) this.spent += performance.now() - this.since;
  }
}
