/** The page of a person on a portal. In: web origin of the portal, and the user's id. */
export const personUrl = (origin: string, userId: number): string => new URL(`/company/personal/user/${userId}/`, origin).href
