/** The roles of an account that are assumed unless others are named. */
export const DEFAULT_ROLES = { assess: 'keyturn-assess', configure: 'keyturn-configure' } as const;
