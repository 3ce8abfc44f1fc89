/** How many people the job of `sending-program.ts` goes to. */
export const PEOPLE = 3_000
