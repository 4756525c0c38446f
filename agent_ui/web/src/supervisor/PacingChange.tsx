export function PacingChange(_: { readonly campaignId: string; readonly close: () => void }) {
  return null
}
