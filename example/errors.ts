import { handlerError } from 'fastify-bitrix24'

// The texts of their pages are in locales/: `error.document-missing.title` and so on.
export const DocumentsOffError = handlerError('EXAMPLE_DOCUMENTS_OFF', 403, 'documents-off',
  'DOCUMENT_ORIGINS names no server whose documents are shown')
export const DocumentOriginError = handlerError('EXAMPLE_DOCUMENT_ORIGIN', 403, 'document-origin',
  'The document, or what it redirects to, is not on a server of DOCUMENT_ORIGINS')
export const DocumentMissingError = handlerError('EXAMPLE_DOCUMENT_MISSING', 404, 'document-missing',
  'The server of the document does not have it')
export const DocumentRefusedError = handlerError('EXAMPLE_DOCUMENT_REFUSED', 502, 'document-refused',
  'The server of the document refused it with status %s')
export const DocumentUnavailableError = handlerError('EXAMPLE_DOCUMENT_UNAVAILABLE', 504, 'document-unavailable',
  'The server of the document does not answer', 30)
export const RecordMissingError = handlerError('EXAMPLE_RECORD_MISSING', 404, 'record-missing',
  'The portal does not have this record')
export const RecordDeniedError = handlerError('EXAMPLE_RECORD_DENIED', 403, 'record-denied',
  'The user may not see this record')
export const NotApproverError = handlerError('EXAMPLE_NOT_APPROVER', 403, 'not-approver',
  'The request for approval is put to another user')
