// What a plan is made of: fix packages with what they are worth, what they take, who does them and what must come first, and the teams'
// time. Efforts are person-days; time is counted in sprints from 0.

/** One package of work. */
export interface PlanItem {
  readonly id: string;
  readonly title: string;
  /** Who does it: a team of `Capacity`. */
  readonly owner: string;
  /** Person-days, in the middle estimate and in the one that eight of ten such items stay under. */
  readonly effort: { readonly p50: number; readonly p80: number };
  /** Risk that is gone with this item alone. */
  readonly value: number;
  /** Ids of items that must be done before this one begins. */
  readonly needs: readonly string[];
  /** The sprint by whose end it must be done: a certificate ends, a version is no longer supported. */
  readonly deadline?: number;
  /** Work has begun: it keeps its place in a new plan. */
  readonly started?: boolean;
  /** Ids of the controls that must pass for the item to be done. */
  readonly acceptance: readonly string[];
}

/** What the teams can do. */
export interface Capacity {
  /** Sprints of the horizon: six of two weeks are ninety days. */
  readonly sprints: number;
  /** Person-days a sprint by owner; `otherwise` for owners that are not named. */
  readonly days: Readonly<Record<string, number>>;
  readonly otherwise: number;
  /** Sprints in which an owner, or everybody (`*`), changes nothing. */
  readonly freezes?: readonly { readonly owner: string; readonly sprint: number }[];
  /** Items that one owner works on at once. */
  readonly workInProgress: number;
}

/** Where an item stands in the plan. */
export interface Placement {
  readonly id: string;
  /** The sprint it begins in, and the one it is done in. */
  readonly start: number;
  readonly end: number;
}

export interface Unplaced {
  readonly id: string;
  readonly reason: 'no-capacity' | 'needs-unplaced' | 'cyclic-needs' | 'unknown-need' | 'no-value';
  readonly detail: string;
}

export interface Schedule {
  readonly placed: readonly Placement[];
  readonly unplaced: readonly Unplaced[];
  /** Items that are done after their deadline, or not at all. */
  readonly late: readonly string[];
  /** What the plan is worth: value of what is done, less for what is done later. */
  readonly worth: number;
}

/** What value still counts for that comes a sprint later. */
export const discount = 0.95;
/** A missed deadline costs this many times the item's value. */
export const latePenalty = 2;
