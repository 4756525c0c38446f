/** Filled in when the funnel's shape is known. */
export function Funnel(_: { readonly campaignId: string }) {
  return null
}
