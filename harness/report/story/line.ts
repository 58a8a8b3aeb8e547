/** What one event says, before it has a time. */
export interface Telling {
  /** Who it is about, in a word: `fault`, `probe`, `step 2/3`. */
  readonly topic: string;
  readonly tone: Tone;
  readonly text: string;
}

export type Tone = "good" | "bad" | "unsure" | "plain";

/** One change of state, told in a line. */
export interface StoryLine extends Telling {
  /** 0 is the run itself. */
  readonly trial: number;
  /** Milliseconds on the trial's clock. */
  readonly t: number;
}

/** A mark for each tone: colour alone never carries a meaning. */
export const TONE_MARKS: Readonly<Record<Tone, string>> = { good: "✓", bad: "✗", unsure: "?", plain: "·" };

export const telling = (topic: string, tone: Tone, text: string): Telling => ({ topic, tone, text });
