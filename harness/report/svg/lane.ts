import type { Html } from "../html/html.ts";
import type { TimeScale } from "./scale.ts";

/** What every lane of one chart shares. */
export interface Frame {
  readonly scale: TimeScale;
  /** The instant called 0, in ms of the trial. */
  readonly zeroMs: number;
  /** `beside` the lane on a wide page, `above` it on a phone. */
  readonly labels: "beside" | "above";
  /** Ids inside one page must differ from chart to chart. */
  readonly idPrefix: string;
}

/** A horizontal band of the chart, drawn with its top at 0. */
export interface Lane {
  readonly name: string;
  /** A few words under the name. */
  readonly note: string;
  readonly heightPx: number;
  readonly body: Html;
}

/** Font sizes of the chart; the style sheet says the same. */
export const LABEL_PX = 11;
export const NAME_PX = 12;
