/** The scopes that show people, the narrowest first. Each shows what those before it show. */
const SCOPES = ['user_brief', 'user_basic', 'user']

/** What each of the scopes adds: names of fields and what user.fields calls them. */
const BY_SCOPE: Array<Record<string, string>> = [
  {
    ID: 'ID',
    XML_ID: 'External code',
    ACTIVE: 'Active',
    NAME: 'First name',
    LAST_NAME: 'Last name',
    SECOND_NAME: 'Middle name',
    TITLE: 'Title',
    DATE_REGISTER: 'Registered on',
    TIME_ZONE: 'TIME_ZONE',
    IS_ONLINE: 'IS_ONLINE',
    TIMESTAMP_X: 'TIMESTAMP_X',
    LAST_ACTIVITY_DATE: 'LAST_ACTIVITY_DATE',
    PERSONAL_GENDER: 'Gender',
    PERSONAL_PROFESSION: 'Profession',
    PERSONAL_BIRTHDAY: 'Date of birth',
    PERSONAL_PHOTO: 'Photo',
    PERSONAL_CITY: 'City',
    PERSONAL_STATE: 'State or region',
    PERSONAL_COUNTRY: 'Country',
    WORK_POSITION: 'Position',
    WORK_CITY: 'City of work',
    WORK_STATE: 'WORK_STATE',
    WORK_COUNTRY: 'WORK_COUNTRY',
    UF_EMPLOYMENT_DATE: 'Employed since',
    UF_TIMEMAN: 'Working time',
    UF_DEPARTMENT: 'Departments',
    UF_INTERESTS: 'Interests',
    UF_SKILLS: 'Skills',
    UF_PHONE_INNER: 'Extension number',
    USER_TYPE: 'USER_TYPE'
  },
  {
    EMAIL: 'E-mail',
    PERSONAL_PHONE: 'Phone',
    PERSONAL_FAX: 'Fax',
    PERSONAL_MOBILE: 'Mobile',
    PERSONAL_PAGER: 'Pager',
    PERSONAL_STREET: 'Street',
    PERSONAL_ZIP: 'Postal code',
    PERSONAL_MAILBOX: 'Post box',
    PERSONAL_NOTES: 'Notes',
    WORK_PHONE: 'Work phone',
    WORK_COMPANY: 'Company',
    WORK_DEPARTMENT: 'Department',
    WORK_WWW: 'Company website',
    WORK_FAX: 'WORK_FAX',
    WORK_PAGER: 'WORK_PAGER',
    WORK_STREET: 'WORK_STREET',
    WORK_MAILBOX: 'WORK_MAILBOX',
    WORK_ZIP: 'WORK_ZIP',
    WORK_PROFILE: 'WORK_PROFILE',
    WORK_LOGO: 'WORK_LOGO',
    WORK_NOTES: 'WORK_NOTES',
    UF_SKYPE_LINK: 'Link to the Skype chat',
    UF_ZOOM: 'Zoom',
    UF_WEB_SITES: 'Other websites',
    UF_XING: 'Xing',
    UF_LINKEDIN: 'LinkedIn',
    UF_FACEBOOK: 'Facebook',
    UF_TWITTER: 'Twitter',
    UF_SKYPE: 'Skype',
    UF_DISTRICT: 'District'
  },
  { LAST_LOGIN: 'Last login', PERSONAL_WWW: 'Website', PERSONAL_ICQ: 'ICQ' }
]

/** The fields of people that an application with these scopes sees. */
export function userFields (scopes: string[]): Record<string, string> {
  const widest = Math.max(...SCOPES.map((scope, index) => scopes.includes(scope) ? index : -1))
  return Object.assign({}, ...BY_SCOPE.slice(0, widest + 1))
}
