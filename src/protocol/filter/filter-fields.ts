import { fieldList, type FieldName } from '../insight/fields.ts'

/** The fields of an insight that a filter can name, by the names that it uses. */
export const filterFields: ReadonlyMap<string, { readonly name: FieldName; readonly isNumber: boolean }> =
  new Map(
    fieldList.flatMap(({ name, filter, content }) =>
      filter === undefined ? [] : [[filter, { name, isNumber: content.kind === 'number' }]],
    ),
  )

const names = (isNumber: boolean) =>
  [...filterFields].flatMap(([filter, field]) => (field.isNumber === isNumber ? [filter] : []))

/** Every name that may stand before an operator. */
export const filterNames: readonly string[] = [...names(true), 'severity', ...names(false), 'label.NAME']
