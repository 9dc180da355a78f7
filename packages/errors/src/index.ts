export { catalogue, catalogueSections } from './catalogue/index.ts';
export { DescentError, type ErrorBody, type ErrorCode, isDescentError } from './descent-error.ts';
export type { CatalogueEntry } from './entry.ts';
export { renderCatalogue } from './render-catalogue.ts';
