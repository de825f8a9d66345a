/** What can be read in the states of a crowd. @module */
import type { CrowdState } from "./crowd.ts";

/** Holds when so many are in and each has confirmed all the others. */
export function confirmed(count: number): (state: CrowdState) => boolean {
  return ({ members }) =>
    members.length === count && members.every(({ confirmed }) => confirmed === count - 1);
}

/** Holds when at least so many have read the text, or those that are named. */
export function readBy(text: string, count: number, of?: readonly number[]): (state: CrowdState) => boolean {
  return ({ members }) =>
    members.filter(({ index, read }) => read[text] !== undefined && of?.includes(index) !== false).length >=
      count;
}

/** When a member was told to say a text. */
export function said({ members }: CrowdState, index: number, text: string): number {
  return members.find((member) => member.index === index)?.said[text] ?? NaN;
}

/** When a member has read a text. */
export function shown({ members }: CrowdState, index: number, text: string): number {
  return members.find((member) => member.index === index)?.read[text] ?? NaN;
}
