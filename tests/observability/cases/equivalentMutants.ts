/** Changes of an expression that change nothing that can happen, each with its reason. */
export const equivalent: readonly { rule: string; change: string; why: string }[] = [];
