// Source: Bitrix24 REST docs, _includes/system-errors.md, and the portal's rest/lib/oauth/auth.php.
const ofUsers = ['user_access_error', 'authorization_error']

/**
 * Whether a portal says by this code that the user may not use the application, or is not active. It says so before any
 * method runs.
 */
export const refusesUser = (code: string): boolean => ofUsers.includes(code.toLowerCase())
