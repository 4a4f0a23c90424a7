/** The object without its undefined members: Kubernetes' argument types have optional members, not undefined ones. */
export function compact<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

/** Arguments after their defaults: what has a default is always there. */
export type Filled<Defaults, Args> = Omit<Args, keyof Defaults> & {
  [K in keyof Defaults]: Defaults[K] | (K extends keyof Args ? Exclude<Args[K], undefined> : never);
};

/**
 * The arguments with defaults in the place of what is absent. An explicit undefined is absent, and so is null: optional settings are
 * passed on so, and an empty key in YAML reads so.
 */
export function withDefaults<Defaults extends object, Args extends object>(
  defaults: Defaults,
  args: Args,
): Filled<Defaults, Args> {
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
  return { ...defaults, ...Object.fromEntries(given) } as Filled<Defaults, Args>;
}
